package dev.quire.backends.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.models.KitModel;
import dev.quire.conformance.models.TinyModel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps of decoding share a graph with those of nearly as many sequences, and give the bits that each sequence has alone. */
class CudaPaddingTest {
    private static final int MOST = 20;
    private static final int POSITIONS = 2;
    private static final float UNTOUCHED = -12345;

    @BeforeAll
    static void theStubIsThere() {
        Stub.assume();
    }

    @Test
    void everyBatchSizeHasTheBitsOfSequencesAloneAndSizesBetweenMakeNoGraph(@TempDir Path folder) {
        CudaProvider provider = new CudaProvider();
        try (AttentionBackend backend = provider.open(provider.devices().getFirst(), BackendOptions.defaults(folder));
                Decoding decoding = new Decoding(backend, Numerics.REPRODUCIBLE)) {
            List<float[]> alone = new ArrayList<>();
            for (int s = 0; s < MOST; s++) {
                for (int position = 0; position < POSITIONS; position++) {
                    decoding.step(s, 1, position);
                }
                alone.add(decoding.row(0));
            }
            decoding.last(16, 4); // in either of two slots: once as a stream, then as a graph
            decoding.last(MOST, 4);
            Calls warm = new Calls();
            for (int size : new int[] {9, 12, 15, 16}) {
                decoding.last(size, 2);
                for (int s = 0; s < size; s++) {
                    assertTrue(Arrays.equals(alone.get(s), decoding.row(s)), "row %d of %d".formatted(s, size));
                }
                assertEquals(UNTOUCHED, decoding.row(size)[0], "a row that the step does not have (RULES, M9)");
            }
            decoding.last(17, 1);
            decoding.last(MOST, 1);
            assertTrue(Arrays.equals(alone.get(MOST - 1), decoding.row(MOST - 1)), "as many as the limits allow");
            warm.assertNone("cuGraphInstantiateWithFlags", "cuStreamBeginCapture_v2", "cuGraphExecUpdate_v2");
            warm.assertNone("cuLaunchKernel", "cuMemAlloc_v2", "cuMemHostAlloc", "cuModuleLoadData");
        }
    }

    /** In FAST rows of padding are not written either, by kernels of the CUDA family, and change no other row beyond what an order of sums may. */
    @Test
    void inFastNumericsAPaddedStepIsWhatItsSequencesAreAlone(@TempDir Path folder) {
        CudaProvider provider = new CudaProvider();
        try (AttentionBackend backend = provider.open(provider.devices().getFirst(), BackendOptions.defaults(folder));
                Decoding decoding = new Decoding(backend, Numerics.FAST)) {
            decoding.step(2, 1, 0);
            float[] alone = decoding.row(0);
            decoding.step(0, 3, 0);
            float[] together = decoding.row(2);
            for (int i = 0; i < alone.length; i++) {
                assertEquals(alone[i], together[i], 0.05, "logit " + i);
            }
            assertEquals(UNTOUCHED, decoding.row(3)[0]);
        }
    }

    /** The device takes a step's numbers when it comes to the step, not when it is submitted: nothing runs on the stub until somebody waits. */
    @Test
    void stepsInFlightKeepTheirOwnNumbers(@TempDir Path folder) {
        CudaProvider provider = new CudaProvider();
        try (AttentionBackend backend = provider.open(provider.devices().getFirst(), BackendOptions.defaults(folder));
                Decoding decoding = new Decoding(backend, Numerics.REPRODUCIBLE)) {
            List<Buffer> logits = new ArrayList<>();
            List<Ticket> inFlight = new ArrayList<>();
            for (int s = 0; s < 3; s++) {
                logits.add(backend.buffer(DType.F32, 1, decoding.model.vocabulary()));
                inFlight.add(decoding.submit(s, 1, 0, logits.getLast()));
            }
            inFlight.forEach(Ticket::await);
            for (int s = 0; s < 3; s++) {
                decoding.step(s, 1, 0);
                assertTrue(
                        Arrays.equals(decoding.row(0), logits.get(s).memory().toArray(ValueLayout.JAVA_FLOAT)),
                        "step " + s);
            }
        }
    }

    /** The bundled model, whose sequences each have a block. */
    private static final class Decoding implements AutoCloseable {
        private final KitModel model = TinyModel.load();
        private final Weights weights;
        private final Executable forward;
        private final KvCache cache;
        private final Buffer logits;

        Decoding(AttentionBackend backend, Numerics numerics) {
            weights = backend.load(model.forward().weights(), model.weights());
            StepLimits limits = new StepLimits(MOST, MOST, MOST, 64);
            forward = backend.compile(model.forward(), weights, limits, numerics);
            cache = backend.allocate(new KvCacheLayout(model.cache().groups().stream()
                    .map(group -> group.withBlocks(MOST))
                    .toList()));
            logits = backend.buffer(DType.F32, MOST + 1, model.vocabulary());
        }

        /** Decodes a position of some sequences; the cache holds those before it. */
        void step(int first, int sequences, int position) {
            logits.memory().asSlice(0, logits.memory().byteSize()).fill((byte) 0);
            for (int row = 0; row <= MOST; row++) {
                logits.memory().set(ValueLayout.JAVA_FLOAT, at(row), UNTOUCHED);
            }
            submit(first, sequences, position, logits).await();
        }

        Ticket submit(int first, int sequences, int position, Buffer to) {
            int blockSize = model.cache().groups().getFirst().blockSize();
            int[] numbers = numbers(sequences, i -> i);
            GroupStep group = new GroupStep(
                    numbers(sequences, i -> position + 1),
                    numbers(sequences, i -> first + i),
                    1,
                    numbers(sequences, i -> (first + i) * blockSize + position));
            StepBatch batch = new StepBatch(
                    StepTokens.known(numbers(sequences, i -> 7 * (first + i) + 31 * position + 5)),
                    numbers(sequences, i -> position),
                    numbers(sequences + 1, i -> i),
                    numbers,
                    new int[0],
                    List.of(group),
                    List.of());
            return forward.submit(batch, new Bindings(Optional.of(cache), Map.of(KitModel.LOGITS, to)));
        }

        /** The last position of the first sequences, some times. */
        void last(int sequences, int times) {
            for (int i = 0; i < times; i++) {
                step(0, sequences, POSITIONS - 1);
            }
        }

        float[] row(int row) {
            MemorySegment one = logits.memory().asSlice(at(row), (long) model.vocabulary() * Float.BYTES);
            return one.toArray(ValueLayout.JAVA_FLOAT);
        }

        private long at(int row) {
            return (long) row * model.vocabulary() * Float.BYTES;
        }

        private static int[] numbers(int count, IntUnaryOperator number) {
            int[] numbers = new int[count];
            Arrays.setAll(numbers, number);
            return numbers;
        }

        @Override
        public void close() {
            cache.close();
            forward.close();
            weights.close();
        }
    }

    /** What the driver was called for since this was made. */
    private static final class Calls {
        private static final List<String> NAMES = List.of(
                "cuGraphInstantiateWithFlags",
                "cuStreamBeginCapture_v2",
                "cuGraphExecUpdate_v2",
                "cuLaunchKernel",
                "cuMemAlloc_v2",
                "cuMemHostAlloc",
                "cuModuleLoadData");

        private final List<Integer> before = NAMES.stream().map(Stub::calls).toList();

        void assertNone(String... names) {
            for (String name : names) {
                assertEquals(before.get(NAMES.indexOf(name)), Stub.calls(name), name);
            }
        }
    }
}
