package dev.quire.backends.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
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
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights stand in one allocation, whose size says before any is read whether they fit. */
class CudaWeightsTest {
    private static final long MEMORY = 1 << 30;
    private static final int BLOCKS = 512;
    /** Bytes that a step's numbers and tables take here at most. */
    private static final long CROSSING = 1 << 16;

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

    /** A backend that serves holds one allocation each of weights, of its cache and of its workspace; the rest is what crosses to the host. */
    @Test
    void weightsTheCacheAndTheWorkspaceStandInOneAllocationEach() {
        KitModel model = TinyModel.load();
        KvCacheLayout layout = new KvCacheLayout(model.cache().groups().stream()
                .map(group -> group.withBlocks(BLOCKS))
                .toList());
        try (AttentionBackend backend = open();
                Weights weights = backend.load(model.forward().weights(), model.weights())) {
            assertEquals(List.of(weights.bytes()), Stub.allocated());
            try (Executable executable =
                            backend.compile(model.forward(), weights, new StepLimits(64, 4, 4, 64), Numerics.FAST);
                    KvCache cache = backend.allocate(layout)) {
                List<Long> allocated = Stub.allocated();
                assertEquals(
                        10,
                        allocated.size(),
                        () ->
                                "weights, decoded vectors, workspace, cache, tables, blocks on their way, two slots of each: "
                                        + allocated);
                long kept = cache.layout().bytes();
                assertEquals(1, count(allocated, kept, kept), "cache");
                long workspace = executable.workspaceBytes(); // with tables and slots, which cross to the host
                assertEquals(1, count(allocated, workspace - CROSSING, workspace), "workspace");
            }
        }
    }

    /** Those of so many bytes. */
    private static long count(List<Long> allocated, long least, long most) {
        return allocated.stream().filter(each -> each >= least && each <= most).count();
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

    @Test
    void theNextWeightIsReadWhileTheOneBeforeIsOnItsWayAndAllArrive() { // M11
        int width = 1024;
        List<WeightRef> refs = new ArrayList<>();
        for (int rows :
                new int[] {3000, 1, 700, 9000, 2, 5000}) { // of 4 KiB: from a part of a pinned buffer to several
            refs.add(new WeightRef("w" + refs.size(), rows, width, WeightFormat.F32));
        }
        List<Integer> waiting = new ArrayList<>();
        try (Arena arena = Arena.ofShared();
                AttentionBackend backend = open()) {
            MemorySegment shared = arena.allocate(9000L * width * Float.BYTES, Long.BYTES);
            WeightSource source = ref -> { // what the last call gave is gone
                waiting.add(Stub.waiting());
                shared.fill((byte) 0xff);
                for (int row = 0; row < ref.rows(); row++) {
                    shared.setAtIndex(JAVA_FLOAT, (long) row * width, 10_000f * refs.indexOf(ref) + row);
                }
                return shared.asSlice(0, ref.bytes());
            };
            try (Weights weights = backend.load(refs, source)) {
                assertEquals(0, waiting.getFirst());
                assertTrue(
                        waiting.stream().skip(1).allMatch(count -> count > 0),
                        "copies under way at each read: " + waiting);
                assertEquals(0, Stub.waiting(), "who has loaded has waited");
                for (WeightRef ref : refs) {
                    int last = ref.rows() - 1;
                    assertEquals(10_000f * refs.indexOf(ref) + last, embedded(backend, weights, ref, last), ref.name());
                }
            }
        }
    }

    /** The first element of a row of a weight, as the device has it. */
    private static float embedded(AttentionBackend backend, Weights weights, WeightRef ref, int row) {
        Value out = Value.tokens("out", ref.columns());
        Program program =
                Program.of(List.of(Value.TOKENS), List.of(new Op.Embed(Value.TOKENS, ref, 0, out)), List.of(out));
        StepBatch batch = new StepBatch(
                StepTokens.known(new int[] {row}),
                new int[1],
                new int[] {0, 1},
                new int[0],
                new int[0],
                List.of(),
                List.of());
        try (Executable executable =
                backend.compile(program, weights, new StepLimits(1, 1, 1, 16), Numerics.REPRODUCIBLE)) {
            Buffer to = backend.buffer(DType.F32, 1, ref.columns());
            executable
                    .submit(batch, new Bindings(Optional.empty(), Map.of("out", to)))
                    .await();
            return to.memory().get(JAVA_FLOAT, 0);
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
