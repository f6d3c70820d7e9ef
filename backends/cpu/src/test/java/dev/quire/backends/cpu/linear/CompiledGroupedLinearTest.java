package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.WeightFormat;
import dev.quire.backends.cpu.compiled.BuiltKernels;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.elementwise.Bf16;
import dev.quire.backends.cpu.onednn.OneDnnLibrary;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CompiledGroupedLinearTest {
    private static Optional<CompiledKernels> kernels;

    @BeforeAll
    static void load(@TempDir Path cache) throws Exception {
        kernels = BuiltKernels.load(cache);
    }

    /** Each format by the kernels of this processor, and by those of one without tiles where that is another. */
    private static Stream<Arguments> formats() {
        return Stream.of(WeightFormat.values())
                .filter(CompiledGroupedLinear::serves)
                .flatMap(format -> Stream.concat(
                                Stream.of(kernels),
                                BuiltKernels.withoutTiles(kernels).stream().map(Optional::of))
                        .map(family -> Arguments.of(format, family)));
    }

    private static LinearPacker packer(WorkerPool pool, Optional<CompiledKernels> kernels) {
        return new LinearPacker(pool, new OneDnnLibrary.Missing("quantized weights do not need it"), kernels);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void layersAreTheSumsInDoublePrecisionOfWhatIsRoundedToBf16(
            WeightFormat format, Optional<CompiledKernels> kernels) {
        Samples samples = new Samples("layersAreTheSumsInDoublePrecisionOfWhatIsRoundedToBf16");
        int unit = format.blockElements() == 32 ? 160 : 512;
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(2)) {
            for (int[] shape : new int[][] {{64, 1, 1}, {150, 3, 5}, {1, 2, 9}, {70, 1, 66}, {200, 1, 4}}) {
                int inputs = unit * shape[1];
                int rows = shape[2];
                LinearWeight weight = samples.quantized(format, shape[0], inputs, arena);
                MemorySegment x = samples.floats(arena, (long) rows * inputs);
                MemorySegment y = arena.allocate(4L * rows * shape[0], 64);
                PackedLinear layer = packer(pool, kernels).pack(List.of(weight), SumOrder.FREE, arena);
                assertEquals(kernels.isPresent(), layer.kernel().startsWith("C "), layer.kernel());
                layer.run(x, rows, List.of(y));
                for (int n = 0; n < shape[0]; n++) {
                    float[] w = Samples.row(weight, n);
                    for (int row = 0; row < rows; row++) {
                        double exact = 0;
                        double size = 0;
                        for (int k = 0; k < inputs; k++) {
                            float given = x.getAtIndex(JAVA_FLOAT, (long) row * inputs + k);
                            float value = kernels.isPresent() ? Bf16.round(given) : given;
                            exact += (double) value * w[k];
                            size += Math.abs(value) * largest(w, k);
                        }
                        float actual = y.getAtIndex(JAVA_FLOAT, (long) row * shape[0] + n);
                        assertEquals(
                                exact, actual, size * 0x1p-17, "%s, output %d of row %d".formatted(format, n, row));
                    }
                }
            }
        }
    }

    /** The largest weight of the group of an element: what its scale is like. */
    private static float largest(float[] w, int k) {
        float most = 0;
        for (int i = k & -32; i < (k & -32) + 32; i++) {
            most = Math.max(most, Math.abs(w[i]));
        }
        return most;
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aRowsBitsDoNotDependOnItsNeighboursNorOnThreads(WeightFormat format, Optional<CompiledKernels> kernels) {
        Samples samples = new Samples("aRowsBitsDoNotDependOnItsNeighboursNorOnThreads");
        int inputs = 512;
        int outputs = 150;
        int rows = 71;
        try (Arena arena = Arena.ofShared();
                WorkerPool one = new WorkerPool(1);
                WorkerPool three = new WorkerPool(3)) {
            LinearWeight weight = samples.quantized(format, outputs, inputs, arena);
            MemorySegment x = samples.floats(arena, (long) rows * inputs);
            for (int i = 51 * inputs;
                    i < 52 * inputs;
                    i++) { // one row whose sums come near to zero, and to subnormal numbers
                x.setAtIndex(JAVA_FLOAT, i, 0x1p-124f * x.getAtIndex(JAVA_FLOAT, i));
            }
            MemorySegment together = arena.allocate(4L * rows * outputs, 64);
            packer(three, kernels).pack(List.of(weight), SumOrder.FREE, arena).run(x, rows, List.of(together));
            PackedLinear layer = packer(one, kernels).pack(List.of(weight), SumOrder.FREE, arena);
            for (int count : new int[] {1, 2, 3, 4, 5, 6, 7, 16}) {
                MemorySegment some = arena.allocate(4L * count * outputs, 64);
                layer.run(x.asSlice(4L * 50 * inputs, 4L * count * inputs), count, List.of(some));
                MemorySegment expected = together.asSlice(4L * 50 * outputs, some.byteSize());
                assertEquals(-1, expected.mismatch(some), "%s, %d rows".formatted(format, count));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WeightFormat.class,
            names = {"Q4_0", "Q4_1", "Q4_K", "Q8_0"})
    void panelsPackedInCHoldTheBitsOfThosePackedInJava(WeightFormat format) {
        Samples samples = new Samples("panelsPackedInCHoldTheBitsOfThosePackedInJava");
        GroupFormat group = GroupFormat.of(format);
        int inputs = 3 * format.blockElements();
        int outputs = 103;
        long panelBytes = group.panelBytes(inputs);
        try (Arena arena = Arena.ofConfined()) {
            LinearWeight weight = samples.quantized(format, outputs, inputs, arena);
            MemorySegment inJava = arena.allocate(2 * panelBytes, 64);
            MemorySegment inC = arena.allocate(2 * panelBytes, 64);
            for (int panel = 0; panel < 2; panel++) {
                int first = panel * Panels.WIDTH;
                GroupPacking.pack(group, weight, first, inJava, panel * panelBytes);
                assertEquals(kernels.isPresent(), packed(group, weight, first, inC, panel * panelBytes));
            }
            assertEquals(kernels.isPresent(), inJava.mismatch(inC) < 0);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WeightFormat.class,
            names = {"Q4_0", "Q4_1", "Q4_K", "Q8_0"})
    void aScaleThatIsNoNumberIsRefusedHoweverPanelsArePacked(WeightFormat format) {
        Samples samples = new Samples("aScaleThatIsNoNumberIsRefusedHoweverPanelsArePacked");
        GroupFormat group = GroupFormat.of(format);
        int inputs = 2 * format.blockElements();
        for (int offset : Samples.float16Offsets(format)) {
            try (Arena arena = Arena.ofShared();
                    WorkerPool pool = new WorkerPool(2)) {
                LinearWeight weight = samples.quantized(format, 70, inputs, arena);
                long block = 2L * 66 + 1; // row 66, its second block
                weight.data()
                        .set(JAVA_SHORT_UNALIGNED, block * format.blockBytes() + offset, Float.floatToFloat16(1e6f));
                MemorySegment panel = arena.allocate(group.panelBytes(inputs), 64);
                assertFalse(packed(group, weight, Panels.WIDTH, panel, 0));
                Exception refusal = assertThrows(
                        IllegalArgumentException.class,
                        () -> packer(pool, kernels).pack(List.of(weight), SumOrder.FREE, arena));
                assertTrue(refusal.getMessage().startsWith("Row 66, block 1 of " + format), refusal.getMessage());
            }
        }
    }

    private static boolean packed(GroupFormat group, LinearWeight weight, int first, MemorySegment to, long panel) {
        return kernels.isPresent() && CompiledGroupedLinear.pack(kernels.get(), group, weight, first, to, panel);
    }
}
