package dev.quire.backends.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.api.BackendOptions;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.models.KitModel;
import dev.quire.conformance.models.TinyModel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights stand in one allocation, whose size says before any is read whether they fit. */
class CudaWeightsTest {
    private static final long MEMORY = 1 << 30;

    @TempDir
    Path folder;

    @BeforeAll
    static void theStubIsThere() {
        Stub.assume();
    }

    @AfterEach
    void everythingIsGivenBack() {
        Stub.set("MEMORY", MEMORY);
        assertEquals(0, Stub.live());
    }

    @Test
    void allWeightsStandInOneAllocationAndWhatIsDecodedInAnother() {
        KitModel model = TinyModel.load();
        try (AttentionBackend backend = open()) {
            int before = Stub.calls("cuMemAlloc_v2");
            try (Weights weights = backend.load(model.forward().weights(), model.weights())) {
                assertEquals(1, Stub.calls("cuMemAlloc_v2") - before);
                StepLimits limits = new StepLimits(4, 4, 4, 64);
                try (Executable first = backend.compile(model.forward(), weights, limits, Numerics.REPRODUCIBLE)) {
                    assertTrue(first.workspaceBytes() > 0);
                    assertEquals(
                            6,
                            Stub.calls("cuMemAlloc_v2") - before,
                            "and decoded weights, workspace, tables and two slots");
                    int compiled = Stub.calls("cuMemAlloc_v2");
                    try (Executable second = backend.compile(model.forward(), weights, limits, Numerics.FAST)) {
                        assertTrue(second.workspaceBytes() > 0);
                        assertEquals(
                                4,
                                Stub.calls("cuMemAlloc_v2") - compiled,
                                "workspace, tables and two slots, no weights");
                    }
                }
            }
        }
    }

    @Test
    void weightsOfAMappedFileCrossOverPinnedMemoryAndThoseOfASeedDoNotCross() throws IOException {
        WeightRef ref = new WeightRef("w", 1024, 1024, WeightFormat.BF16);
        Path file = Files.write(folder.resolve("w"), new byte[Math.toIntExact(ref.bytes())]);
        try (Arena arena = Arena.ofShared();
                FileChannel channel = FileChannel.open(file);
                AttentionBackend backend = open()) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, ref.bytes(), arena);
            int pinned = Stub.calls("cuMemHostAlloc");
            try (Weights weights = backend.load(List.of(ref), any -> mapped)) {
                assertEquals(ref.bytes(), weights.bytes());
                assertTrue(Stub.calls("cuMemHostAlloc") > pinned);
            }
            int copies = Stub.calls("cuMemcpyHtoDAsync_v2");
            try (Weights weights = backend.load(List.of(ref), new Seeded())) {
                assertEquals(ref.bytes(), weights.bytes());
                assertEquals(copies, Stub.calls("cuMemcpyHtoDAsync_v2"));
            }
        }
    }

    /** Weights that nobody reads. */
    private static final class Seeded implements WeightSource {
        @Override
        public MemorySegment read(WeightRef ref) {
            throw new AssertionError(ref + " was read");
        }

        @Override
        public OptionalLong seed(WeightRef ref) {
            return OptionalLong.of(1);
        }
    }

    @Test
    void weightsThatDoNotFitSayHowMuchTheyNeedAndHowMuchThereIs() {
        KitModel model = TinyModel.load();
        try (AttentionBackend backend = open()) {
            Stub.set("MEMORY", 1 << 20);
            BackendException failure = assertThrows(
                    BackendException.class,
                    () -> backend.load(model.forward().weights(), ref -> {
                        throw new AssertionError("no weight is read");
                    }));
            assertEquals(Kind.OUT_OF_MEMORY, failure.kind());
            String said = failure.getMessage();
            assertTrue(said.startsWith("Stub GPU 0 cannot allocate 4 MiB for weights, with 1 MiB free of 1: "), said);
            assertTrue(
                    said.endsWith("load a smaller or a quantized model, or pass --device for one with more memory"),
                    said);
        }
    }

    private AttentionBackend open() {
        CudaProvider provider = new CudaProvider();
        return provider.open(provider.devices().getFirst(), BackendOptions.defaults(folder));
    }
}
