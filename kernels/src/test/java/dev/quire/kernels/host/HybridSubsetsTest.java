package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.Buffer;
import dev.quire.api.placement.Crossings;
import dev.quire.api.placement.PlacedOp;
import dev.quire.api.placement.ProgramPlacement;
import dev.quire.api.placement.Runner;
import dev.quire.api.program.Value;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.conformance.guards.OpSubset;
import dev.quire.conformance.guards.RefusingBackend;
import dev.quire.conformance.models.KitModel;
import dev.quire.conformance.models.LogitsHash;
import dev.quire.conformance.models.ModelRun;
import dev.quire.conformance.models.TinyModel;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Completion;
import dev.quire.kernels.device.Device;
import dev.quire.kernels.device.DeviceBackend;
import dev.quire.kernels.device.Recording;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever part of a program a device carries, the bits are those of Canon 1, and what changes sides is copied once. */
class HybridSubsetsTest {
    private static final int[] TEXT = {1, 40, 300, 7, 99};
    private static final int ROWS = 3;
    private static final KitModel MODEL = TinyModel.load();

    private static String expected;
    private static List<Counting> devices = List.of();

    /** A device that counts what is copied. */
    private static final class Counting extends WrappedDevice {
        private final AttentionBackend backend;
        private long uploads;
        private long downloads;
        private long submissions;

        Counting(Device device) {
            super(device);
            this.backend = new DeviceBackend(HostProvider.NAME, this, sentence -> {});
        }

        @Override
        Completion submit(Recording recording, List<Command> commands) {
            submissions++;
            uploads +=
                    commands.stream().filter(Command.Upload.class::isInstance).count();
            downloads +=
                    commands.stream().filter(Command.Download.class::isInstance).count();
            return super.submit(recording, commands);
        }
    }

    @BeforeAll
    static void open() {
        Twins.assumeCompiler();
        HostProvider provider = new HostProvider();
        devices = Stream.of(HostProvider.SHARED, HostProvider.APART)
                .map(provider.devices()::get)
                .map(info -> new Counting(new HostDevice(info, HostProvider.library())))
                .toList();
        try (AttentionBackend bits = new BitsBackend();
                ModelRun run = new ModelRun(bits, bits, MODEL, Numerics.REPRODUCIBLE, TEXT.length, ROWS)) {
            expected = hash(run.logits(TEXT, ROWS));
        }
    }

    @AfterAll
    static void close() {
        devices.forEach(device -> device.backend.close());
    }

    static Stream<OpSubset> subsets() {
        return OpSubset.of(MODEL.forward()).stream();
    }

    @ParameterizedTest
    @MethodSource("subsets")
    void theBitsAreThoseOfTheCanonAndEachValueCrossesOnce(OpSubset subset) {
        for (Counting device : devices) {
            boolean apart = device.info().index() == HostProvider.APART;
            AttentionBackend narrow = new RefusingBackend("narrow", device.backend, subset.refuses());
            try (AttentionBackend bits = new BitsBackend();
                    ModelRun run = new ModelRun(narrow, bits, MODEL, Numerics.REPRODUCIBLE, TEXT.length, ROWS)) {
                long submissions = device.submissions;
                long uploads = device.uploads;
                long downloads = device.downloads;
                assertEquals(
                        expected, hash(run.logits(TEXT, ROWS)), device.info().name());
                ProgramPlacement placement =
                        ProgramPlacement.of(MODEL.forward(), narrow, Optional.of(bits), Numerics.REPRODUCIBLE);
                Crossings crossings = placement.crossings();
                int segments = Collections.frequency(crossings.segments(), Runner.PRIMARY);
                assertEquals(segments, device.submissions - submissions, "segments of the device");
                if (apart) { // beside what crosses, each segment is brought its numbers, and the logits go to the
                    // caller
                    assertEquals(segments + crossings.toPrimary().size(), device.uploads - uploads, "copies to it");
                    assertEquals(
                            crossings.toFallback().size() + logits(placement), device.downloads - downloads, "from it");
                } else {
                    assertEquals(0, device.uploads - uploads);
                    assertEquals(0, device.downloads - downloads);
                }
            }
        }
    }

    /** 1 if the device writes the logits. */
    private static int logits(ProgramPlacement placement) {
        Value logits = placement.program().outputs().getFirst();
        PlacedOp last = placement.ops().stream()
                .filter(placed -> placed.op().outputs().contains(logits))
                .findFirst()
                .orElseThrow();
        return last.runner() == Runner.PRIMARY ? 1 : 0;
    }

    private static String hash(Buffer logits) {
        return LogitsHash.of(logits, ROWS);
    }

    @Test
    void attentionAloneTakesASegmentForEachLayerThreeValuesInAndOneOut() {
        OpSubset attention = subsets().findFirst().orElseThrow();
        assertEquals("attention alone", attention.name());
        try (AttentionBackend bits = new BitsBackend();
                AttentionBackend narrow = new RefusingBackend("narrow", new BitsBackend(), attention.refuses())) {
            Crossings crossings = ProgramPlacement.of(MODEL.forward(), narrow, Optional.of(bits), Numerics.REPRODUCIBLE)
                    .crossings();
            assertEquals(5, Collections.frequency(crossings.segments(), Runner.PRIMARY));
            assertEquals(15, crossings.toPrimary().size());
            assertEquals(5, crossings.toFallback().size());
            assertEquals(6, Collections.frequency(crossings.segments(), Runner.FALLBACK));
        }
    }
}
