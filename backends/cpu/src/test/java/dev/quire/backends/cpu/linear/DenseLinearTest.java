package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.WeightFormat;
import dev.quire.backends.cpu.compiled.BuiltKernels;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.elementwise.Bf16;
import dev.quire.backends.cpu.onednn.OneDnnLibrary;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DenseLinearTest {
    private static final OneDnnLibrary PLAIN_JAVA = new OneDnnLibrary.Missing("this test wants plain Java");

    private OneDnnLibrary oneDnn;
    private Optional<CompiledKernels> compiled;

    /** Which of the families of kernels a packer has. */
    private record Family(String name, OneDnnLibrary library, Optional<CompiledKernels> compiled) {
        LinearPacker packer(WorkerPool pool) {
            return new LinearPacker(pool, library, compiled);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    void load(@TempDir Path cache) throws IOException {
        oneDnn = Samples.oneDnn();
        compiled = BuiltKernels.load(cache);
    }

    @AfterAll
    void close() {
        if (oneDnn instanceof OneDnnLibrary.Loaded(var loaded)) {
            loaded.close();
        }
    }

    private Stream<Arguments> kernels() {
        List<Arguments> all = new ArrayList<>();
        for (WeightFormat format : List.of(WeightFormat.F32, WeightFormat.F16, WeightFormat.BF16)) {
            all.add(Arguments.of(format, new Family("oneDNN", oneDnn, Optional.empty())));
            all.add(Arguments.of(format, new Family("Java", PLAIN_JAVA, Optional.empty())));
        }
        if (compiled.isPresent()) {
            all.add(Arguments.of(WeightFormat.BF16, new Family("C", PLAIN_JAVA, compiled)));
        }
        BuiltKernels.withoutTiles(compiled)
                .ifPresent(pairs -> all.add(
                        Arguments.of(WeightFormat.BF16, new Family("C, pairs", PLAIN_JAVA, Optional.of(pairs)))));
        return all.stream();
    }

    private Stream<WeightFormat> packedFormats() {
        return Stream.of(WeightFormat.F32, WeightFormat.BF16);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void everyKernelAgreesWithTheSumsInDoublePrecision(WeightFormat format, Family family) {
        Samples samples = new Samples("everyKernelAgreesWithTheSumsInDoublePrecision");
        int[][] shapes = {
            {64, 64, 3},
            {1, 1, 2},
            {70, 37, 5},
            {200, 100, 1},
            {576, 1536, 2},
            {129, 300, 67},
            {3, 2048, 4},
            {70, 4100, 9},
            {150, 1088, 150},
            {128, 96, 47}
        };
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(2)) {
            LinearPacker packer = family.packer(pool);
            for (int[] shape : shapes) {
                LinearWeight weight = samples.dense(format, shape[0], shape[1], arena);
                PackedLinear linear = packer.pack(List.of(weight), SumOrder.FREE, arena);
                int rows = shape[2];
                MemorySegment x = samples.floats(arena, (long) rows * weight.inputs());
                MemorySegment y = arena.allocate(4L * rows * weight.outputs(), 64);
                linear.run(x, rows, List.of(y));
                for (int n = 0; n < weight.outputs(); n++) {
                    float[] w = Samples.row(weight, n);
                    for (int row = 0; row < rows; row++) {
                        float actual = y.getAtIndex(JAVA_FLOAT, (long) row * weight.outputs() + n);
                        assertCloseToExact(format, w, x, row, actual);
                    }
                }
            }
        }
    }

    /** Within the bound of any order of {@code n} rounded additions: n · 2⁻²⁴ of the sum of magnitudes. */
    private static void assertCloseToExact(WeightFormat format, float[] w, MemorySegment x, int row, float actual) {
        double exact = 0;
        double magnitude = 0;
        for (int k = 0; k < w.length; k++) {
            float value = x.getAtIndex(JAVA_FLOAT, (long) row * w.length + k);
            double product = (double) (format == WeightFormat.BF16 ? Bf16.round(value) : value) * w[k];
            exact += product;
            magnitude += Math.abs(product);
        }
        assertEquals(exact, actual, (w.length + 1) * 0x1p-24 * magnitude);
    }

    @ParameterizedTest
    @MethodSource("packedFormats")
    void plainJavaIsOneChainOfFusedMultiplyAdds(WeightFormat format) {
        Samples samples = new Samples("plainJavaIsOneChainOfFusedMultiplyAdds");
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(2)) {
            LinearWeight weight = samples.dense(format, 150, 101, arena);
            PackedLinear linear = new LinearPacker(pool, PLAIN_JAVA).pack(List.of(weight), SumOrder.FREE, arena);
            MemorySegment x = samples.floats(arena, 3L * 101);
            MemorySegment y = arena.allocate(4L * 3 * 150, 64);
            linear.run(x, 3, List.of(y));
            for (int row = 0; row < 3; row++) {
                for (int n = 0; n < 150; n++) {
                    float[] w = Samples.row(weight, n);
                    float sum = 0;
                    for (int k = 0; k < 101; k++) {
                        float value = x.getAtIndex(JAVA_FLOAT, row * 101L + k);
                        sum = Math.fma(format == WeightFormat.BF16 ? Bf16.round(value) : value, w[k], sum);
                    }
                    assertEquals(sum, y.getAtIndex(JAVA_FLOAT, row * 150L + n));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aRowHasTheSameBitsInEveryBatchAndOnEveryNumberOfThreads(WeightFormat format, Family family) {
        Samples samples = new Samples("aRowHasTheSameBitsInEveryBatchAndOnEveryNumberOfThreads");
        int most = 2048;
        try (Arena arena = Arena.ofShared();
                WorkerPool one = new WorkerPool(1);
                WorkerPool two = new WorkerPool(2);
                WorkerPool three = new WorkerPool(3)) {
            for (int[] shape : new int[][] {{192, 576}, {200, 1536}}) {
                int outputs = shape[0];
                int inputs = shape[1];
                LinearWeight weight = samples.dense(format, outputs, inputs, arena);
                MemorySegment x = samples.floats(arena, (long) most * inputs);
                MemorySegment all = arena.allocate(4L * most * outputs, 64);
                family.packer(two).pack(List.of(weight), SumOrder.FREE, arena).run(x, most, List.of(all));
                for (WorkerPool pool : List.of(one, two, three)) {
                    PackedLinear linear = family.packer(pool).pack(List.of(weight), SumOrder.FREE, arena);
                    for (int rows : batches()) {
                        int first = samples.random().nextInt(most - rows + 1);
                        MemorySegment y = arena.allocate(4L * rows * outputs, 64);
                        linear.run(x.asSlice(4L * first * inputs, 4L * rows * inputs), rows, List.of(y));
                        MemorySegment expected = all.asSlice(4L * first * outputs, y.byteSize());
                        assertEquals(
                                -1,
                                expected.mismatch(y),
                                () -> "%s, [%d, %d], %d rows from %d, %d threads"
                                        .formatted(linear.kernel(), outputs, inputs, rows, first, pool.threads()));
                    }
                }
            }
        }
    }

    private static int[] batches() {
        int[] batches = new int[72];
        for (int i = 0; i < 70; i++) {
            batches[i] = i + 1;
        }
        batches[70] = 128;
        batches[71] = 300;
        return batches;
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void layersPackedTogetherComputeWhatEachComputesAlone(WeightFormat format, Family family) {
        Samples samples = new Samples("layersPackedTogetherComputeWhatEachComputesAlone");
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(2)) {
            LinearPacker packer = family.packer(pool);
            List<LinearWeight> weights = new ArrayList<>();
            for (int outputs : new int[] {320, 64, 100}) {
                LinearWeight plain = samples.dense(format, outputs, 576, arena);
                MemorySegment bias = samples.floats(arena, outputs);
                weights.add(
                        outputs == 64
                                ? plain
                                : new LinearWeight(format, outputs, 576, plain.data(), Optional.of(bias)));
            }
            PackedLinear together = packer.pack(weights, SumOrder.FREE, arena);
            assertEquals(List.of(320, 64, 100), together.outputs());
            for (int rows : new int[] {1, 2, 7, 200}) {
                MemorySegment x = samples.floats(arena, rows * 576L);
                List<MemorySegment> ys = weights.stream()
                        .map(w -> arena.allocate(4L * rows * w.outputs(), 64))
                        .toList();
                together.run(x, rows, ys);
                for (int i = 0; i < weights.size(); i++) {
                    LinearWeight w = weights.get(i);
                    MemorySegment y = arena.allocate(4L * rows * w.outputs(), 64);
                    var unbiased = new LinearWeight(format, w.outputs(), 576, w.data(), Optional.empty());
                    packer.pack(List.of(unbiased), SumOrder.FREE, arena).run(x, rows, List.of(y));
                    for (long j = 0; j < (long) rows * w.outputs(); j++) {
                        long n = j % w.outputs();
                        float bias =
                                w.bias().map(b -> b.getAtIndex(JAVA_FLOAT, n)).orElse(0f);
                        assertEquals(
                                y.getAtIndex(JAVA_FLOAT, j) + bias, ys.get(i).getAtIndex(JAVA_FLOAT, j));
                    }
                }
            }
        }
    }

    @Test
    void bf16RunsInCWhereItsKernelsAreAndOtherFormatsDoNot() {
        Samples samples = new Samples("bf16RunsInCWhereItsKernelsAreAndOtherFormatsDoNot");
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(1)) {
            LinearPacker packer = new LinearPacker(pool, PLAIN_JAVA, compiled);
            for (WeightFormat format : List.of(WeightFormat.F32, WeightFormat.F16, WeightFormat.BF16)) {
                LinearWeight weight = samples.dense(format, 64, 64, arena);
                String kernel =
                        packer.pack(List.of(weight), SumOrder.FREE, arena).kernel();
                assertEquals(format == WeightFormat.BF16 && compiled.isPresent(), kernel.startsWith("C "), kernel);
            }
        }
    }

    @Test
    void oneDnnServesWhereTheProcessorHasItsKernels() {
        if (!(oneDnn instanceof OneDnnLibrary.Loaded(var loaded))) {
            assertTrue(
                    !System.getProperty("os.name").equals("Linux")
                            || !System.getProperty("os.arch").equals("amd64"),
                    () -> oneDnn.toString());
            return;
        }
        Samples samples = new Samples("oneDnnServesWhereTheProcessorHasItsKernels");
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(1)) {
            LinearWeight weight = samples.dense(WeightFormat.F32, 64, 64, arena);
            PackedLinear linear = new LinearPacker(pool, oneDnn).pack(List.of(weight), SumOrder.FREE, arena);
            assertEquals("oneDNN F32", linear.kernel());
        }
    }

    @Test
    void sizesThatDoNotFitAreRefusedBeforeNativeCodeReadsThem() {
        Samples samples = new Samples("sizesThatDoNotFitAreRefusedBeforeNativeCodeReadsThem");
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(1)) {
            LinearPacker packer = new LinearPacker(pool, PLAIN_JAVA);
            LinearWeight weight = samples.dense(WeightFormat.F32, 8, 16, arena);
            PackedLinear linear = packer.pack(List.of(weight), SumOrder.FREE, arena);
            MemorySegment x = arena.allocate(2 * 4 * 16);
            MemorySegment y = arena.allocate(2 * 4 * 8);
            linear.run(x, 2, List.of(y));
            for (Runnable wrong : List.<Runnable>of(
                    () -> linear.run(x, 3, List.of(y)),
                    () -> linear.run(x, 0, List.of(y)),
                    () -> linear.run(x, 2, List.of()),
                    () -> linear.run(x, 2, List.of(y.asSlice(4))),
                    () -> linear.run(MemorySegment.ofArray(new float[32]), 2, List.of(y)),
                    () -> new LinearWeight(WeightFormat.F32, 8, 15, weight.data(), Optional.empty()),
                    () -> new LinearWeight(WeightFormat.F32, 8, 16, weight.data(), Optional.of(y)),
                    () -> packer.pack(
                            List.of(weight, samples.dense(WeightFormat.BF16, 8, 16, arena)), SumOrder.FREE, arena),
                    () -> packer.pack(
                            List.of(weight, samples.dense(WeightFormat.F32, 8, 17, arena)), SumOrder.FREE, arena))) {
                assertThrows(IllegalArgumentException.class, wrong::run);
            }
        }
    }
}
