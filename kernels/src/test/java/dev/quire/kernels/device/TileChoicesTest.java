package dev.quire.kernels.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.DeviceInfo;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.portable.TileShape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TileChoicesTest {
    private static final DeviceInfo DEVICE = new DeviceInfo(0, "a device", 1 << 30, "1.0");
    private static final WeightFormat FORMAT = WeightFormat.Q4_0;

    @TempDir
    Path folder;

    private final List<String> notices = new ArrayList<>();
    private final List<TileShape> measured = new ArrayList<>();

    private TileShape choose(DeviceInfo device, WeightFormat format, TileShape fastest) {
        KernelCache cache = new KernelCache(folder, 1 << 20, notices::add);
        return new TileChoices(TileShape.ALL, cache, device, notices::add)
                .choose(format, shape -> {
                    measured.add(shape);
                    return shape.equals(fastest) ? 1 : 2;
                })
                .orElseThrow();
    }

    @Test
    void theFastestIsChosenAndTheSecondStartMeasuresNothing() {
        TileShape fastest = TileShape.ALL.get(2);
        assertEquals(fastest, choose(DEVICE, FORMAT, fastest));
        assertEquals(TileShape.ALL, measured);
        assertEquals(fastest, choose(DEVICE, FORMAT, TileShape.ALL.getFirst()));
        assertEquals(TileShape.ALL, measured, "measured again");
        assertEquals(1, notices.size(), notices.toString());
    }

    @Test
    void anotherDeviceDriverOrFormatIsMeasuredForItself() {
        choose(DEVICE, FORMAT, TileShape.ALL.getFirst());
        TileShape fastest = TileShape.ALL.getLast();
        assertEquals(fastest, choose(new DeviceInfo(0, "a device", 1 << 30, "1.1"), FORMAT, fastest));
        assertEquals(fastest, choose(new DeviceInfo(0, "another", 1 << 30, "1.0"), FORMAT, fastest));
        assertEquals(fastest, choose(DEVICE, WeightFormat.Q8_0, fastest));
        assertEquals(4 * TileShape.ALL.size(), measured.size());
    }

    @Test
    void aDamagedFileIsIgnoredWithAMessage() throws IOException {
        choose(DEVICE, FORMAT, TileShape.ALL.getFirst());
        Path file = onlyFile();
        for (byte[] content : new byte[][] {
            {}, "64x64/4x4".getBytes(StandardCharsets.UTF_8), new byte[1 << 16], turned(Files.readAllBytes(file))
        }) {
            Files.write(file, content);
            notices.clear();
            assertEquals(TileShape.ALL.get(1), choose(DEVICE, FORMAT, TileShape.ALL.get(1)));
            assertTrue(notices.getFirst().contains("is corrupt and was dropped"), notices.toString());
        }
    }

    @Test
    void aFileOfAnotherEntryInThePlaceOfThisIsIgnoredWithAMessage() throws IOException {
        choose(DEVICE, FORMAT, TileShape.ALL.getFirst());
        Path mine = onlyFile();
        byte[] content = Files.readAllBytes(mine);
        Files.delete(mine);
        choose(DEVICE, WeightFormat.Q8_0, TileShape.ALL.getFirst());
        Path other = onlyFile();
        Files.write(other, content);
        notices.clear();
        assertEquals(TileShape.ALL.getLast(), choose(DEVICE, WeightFormat.Q8_0, TileShape.ALL.getLast()));
        assertTrue(notices.getFirst().contains("is corrupt and was dropped"), notices.toString());
    }

    @Test
    void aWellFormedFileThatNamesNoShapeIsMeasuredAgainAndReplaced() {
        // As a version with other shapes but the same sources would have left it.
        KernelCache cache = new KernelCache(folder, 1 << 20, notices::add);
        TileChoices choices = new TileChoices(TileShape.ALL, cache, DEVICE, notices::add);
        choices.keep(FORMAT, "1x1/9999x9999".getBytes(StandardCharsets.UTF_8));
        assertEquals(TileShape.ALL.getLast(), choose(DEVICE, FORMAT, TileShape.ALL.getLast()));
        assertTrue(notices.getFirst().contains("name none of"), notices.toString());
        measured.clear();
        assertEquals(TileShape.ALL.getLast(), choose(DEVICE, FORMAT, TileShape.ALL.getFirst()));
        assertEquals(List.of(), measured);
    }

    @Test
    void whereTheDeviceRunsNoShapeNoneIsChosenAndNoneIsKept() {
        KernelCache cache = new KernelCache(folder, 1 << 20, notices::add);
        TileChoices choices = new TileChoices(TileShape.ALL, cache, DEVICE, notices::add);
        assertEquals(Optional.empty(), choices.choose(FORMAT, shape -> TileChoices.NEVER));
        assertTrue(notices.getLast().contains("a device runs none of"), notices.toString());
        assertEquals(TileShape.ALL.getLast(), choose(DEVICE, FORMAT, TileShape.ALL.getLast())); // once it runs them
    }

    @Test
    void aDeviceIsOfferedTheShapesThatFitIt() {
        KernelCache cache = new KernelCache(folder, 0, notices::add);
        assertEquals(TileShape.ALL, new Tiling(256, 32 << 10, false, cache).shapes());
        assertEquals(List.of(TileShape.ALL.getFirst()), new Tiling(64, 32 << 10, false, cache).shapes());
        assertEquals(List.of(), new Tiling(256, 1 << 10, false, cache).shapes());
    }

    private Path onlyFile() throws IOException {
        try (var files = Files.list(folder)) {
            return files.findFirst().orElseThrow();
        }
    }

    private static byte[] turned(byte[] content) {
        content[content.length - 1] ^= 1;
        return content;
    }
}
