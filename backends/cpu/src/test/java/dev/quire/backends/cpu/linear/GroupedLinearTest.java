package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.WeightFormat;
import dev.quire.backends.cpu.onednn.OneDnnLibrary;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GroupedLinearTest {
    private static final OneDnnLibrary PLAIN_JAVA = new OneDnnLibrary.Missing("quantized weights do not need it");

    private static Stream<WeightFormat> formats() {
        return Arrays.stream(WeightFormat.values()).filter(WeightFormat::isQuantized);
    }

    private static int inputs(WeightFormat format) {
        return format.blockElements() == 32 ? 160 : 512;
    }

    @ParameterizedTest
    @MethodSource("formats")
    void codesAndScalesTakenApartGiveTheDecodedValues(WeightFormat format) {
        Samples samples = new Samples("codesAndScalesTakenApartGiveTheDecodedValues");
        try (Arena arena = Arena.ofConfined()) {
            LinearWeight weight = samples.quantized(format, 20, inputs(format), arena);
            GroupFormat groups = GroupFormat.of(format);
            QuantizedBlock block = new QuantizedBlock();
            for (int row = 0; row < weight.outputs(); row++) {
                float[] values = Samples.row(weight, row);
                for (int k = 0; k < values.length; k++) {
                    int inBlock = k % format.blockElements();
                    block.read(groups, weight.data(), Samples.block(weight, row, k));
                    assertEquals(
                            values[k] + 0f, // whichever sign a zero has
                            scale(weight, row, block, inBlock) * (block.codes[inBlock] - groups.zero())
                                    + minimum(groups, block, inBlock)
                                    + 0f);
                }
            }
        }
    }

    private static float scale(LinearWeight weight, int row, QuantizedBlock block, int k) {
        GroupFormat groups = GroupFormat.of(weight.format());
        if (groups.hasRowScales()) {
            return weight.data().get(JAVA_FLOAT_UNALIGNED, row * weight.format().bytes(weight.inputs()));
        }
        float d = Float.float16ToFloat(block.scale);
        return groups.hasIntegerScales() ? d * block.scales[k / groups.group()] : d;
    }

    private static float minimum(GroupFormat groups, QuantizedBlock block, int k) {
        if (!groups.hasMinimums()) {
            return -0f; // added to any value, leaves it as it is
        }
        float m = Float.float16ToFloat(block.minimum);
        if (groups.hasZeroPoints()) {
            return -(Float.float16ToFloat(block.scale) * m);
        }
        return groups.hasIntegerScales() ? -(m * block.minimums[k / groups.group()]) : m;
    }

    @ParameterizedTest
    @MethodSource("formats")
    void layersAgreeWithTheSumsInDoublePrecision(WeightFormat format) {
        Samples samples = new Samples("layersAgreeWithTheSumsInDoublePrecision");
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(2)) {
            LinearPacker packer = new LinearPacker(pool, PLAIN_JAVA);
            for (int[] shape : new int[][] {{64, 1, 1}, {150, 3, 5}, {1, 2, 9}, {70, 1, 66}}) {
                int inputs = inputs(format) * shape[1];
                int rows = shape[2];
                LinearWeight weight = samples.quantized(format, shape[0], inputs, arena);
                MemorySegment x = samples.floats(arena, (long) rows * inputs);
                MemorySegment y = arena.allocate(4L * rows * shape[0], 64);
                packer.pack(List.of(weight), SumOrder.FREE, arena).run(x, rows, List.of(y));
                for (int n = 0; n < shape[0]; n++) {
                    float[] w = Samples.row(weight, n);
                    for (int row = 0; row < rows; row++) {
                        assertClose(format, w, x, row, y.getAtIndex(JAVA_FLOAT, (long) row * shape[0] + n));
                    }
                }
            }
        }
    }

    /**
     * A group's sum is of x·(1 + u/2^bits), up to twice the sum of |x|, with a relative error of one rounding for each element; its
     * scale is at most the range of the group's values, which is at most 2^bits times the smallest step.
     */
    private static void assertClose(WeightFormat format, float[] w, MemorySegment x, int row, float actual) {
        GroupFormat groups = GroupFormat.of(format);
        double exact = 0;
        double bound = 0;
        for (int first = 0; first < w.length; first += groups.group()) {
            double sumOfX = 0;
            double largest = 0;
            for (int k = first; k < first + groups.group(); k++) {
                float value = x.getAtIndex(JAVA_FLOAT, (long) row * w.length + k);
                exact += (double) value * w[k];
                sumOfX += Math.abs(value);
                largest = Math.max(largest, Math.abs(w[k]));
            }
            bound += sumOfX * largest;
        }
        double roundings = groups.group() + w.length / (double) groups.group() + 8;
        assertEquals(exact, actual, 16 * roundings * 0x1p-24 * bound, format::name);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyPathIsTheWrittenArithmeticBitForBit(WeightFormat format) {
        Samples samples = new Samples("everyPathIsTheWrittenArithmeticBitForBit");
        int inputs = inputs(format) * 2;
        int outputs = 100;
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(2)) {
            LinearWeight weight = samples.quantized(format, outputs, inputs, arena);
            PackedLinear linear = new LinearPacker(pool, PLAIN_JAVA).pack(List.of(weight), SumOrder.FREE, arena);
            for (int rows : new int[] {1, 3, 4, 5}) {
                MemorySegment x = samples.floats(arena, (long) rows * inputs);
                MemorySegment y = arena.allocate(4L * rows * outputs, 64);
                linear.run(x, rows, List.of(y));
                for (int row = 0; row < rows; row++) {
                    for (int n = 0; n < outputs; n++) {
                        assertEquals(
                                scalar(weight, n, x, row),
                                y.getAtIndex(JAVA_FLOAT, (long) row * outputs + n),
                                "row " + row + " of " + rows + ", output " + n);
                    }
                }
            }
        }
    }

    private static float scalar(LinearWeight weight, int output, MemorySegment x, int row) {
        GroupFormat groups = GroupFormat.of(weight.format());
        QuantizedBlock block = new QuantizedBlock();
        float unit = 1 << groups.bits();
        float sum = 0;
        for (int first = 0; first < weight.inputs(); first += groups.group()) {
            block.read(groups, weight.data(), Samples.block(weight, output, first));
            int inBlock = first % groups.blockInputs();
            float t = 0;
            float groupSum = 0;
            for (int k = 0; k < groups.group(); k++) {
                float value = x.getAtIndex(JAVA_FLOAT, (long) row * weight.inputs() + first + k);
                t = Math.fma(1 + block.codes[inBlock + k] / unit, value, t);
                groupSum += value;
            }
            sum = Math.fma(
                    scale(weight, output, block, inBlock) * unit, t - groupSum * (1 + groups.zero() / unit), sum);
            if (groups.hasMinimums()) {
                sum = Math.fma(minimum(groups, block, inBlock), groupSum, sum);
            }
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aRowHasTheSameBitsInEveryBatchAndOnEveryNumberOfThreads(WeightFormat format) {
        Samples samples = new Samples("aRowHasTheSameBitsInEveryBatchAndOnEveryNumberOfThreads");
        int most = 300;
        int outputs = 130;
        int inputs = inputs(format);
        try (Arena arena = Arena.ofShared();
                WorkerPool one = new WorkerPool(1);
                WorkerPool two = new WorkerPool(2);
                WorkerPool three = new WorkerPool(3)) {
            LinearWeight plain = samples.quantized(format, outputs, inputs, arena);
            LinearWeight weight = new LinearWeight(
                    format, outputs, inputs, plain.data(), Optional.of(samples.floats(arena, outputs)));
            MemorySegment x = samples.floats(arena, (long) most * inputs);
            MemorySegment all = arena.allocate(4L * most * outputs, 64);
            new LinearPacker(two, PLAIN_JAVA)
                    .pack(List.of(weight), SumOrder.FREE, arena)
                    .run(x, most, List.of(all));
            for (WorkerPool pool : List.of(one, two, three)) {
                PackedLinear linear = new LinearPacker(pool, PLAIN_JAVA).pack(List.of(weight), SumOrder.FREE, arena);
                for (int rows = 1; rows <= 140; rows += rows < 70 ? 1 : 35) {
                    int first = samples.random().nextInt(most - rows + 1);
                    MemorySegment y = arena.allocate(4L * rows * outputs, 64);
                    linear.run(x.asSlice(4L * first * inputs, 4L * rows * inputs), rows, List.of(y));
                    int count = rows;
                    assertEquals(
                            -1,
                            all.asSlice(4L * first * outputs, y.byteSize()).mismatch(y),
                            () -> "%s, %d rows from %d, %d threads"
                                    .formatted(linear.kernel(), count, first, pool.threads()));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void scalesReadOneByOneAreThoseReadByVectors(WeightFormat format) {
        Samples samples = new Samples("scalesReadOneByOneAreThoseReadByVectors");
        GroupFormat groups = GroupFormat.of(format);
        try (Arena arena = Arena.ofConfined()) {
            int inputs = format.blockElements();
            LinearWeight weight = samples.quantized(format, 64, inputs, arena);
            MemorySegment packed = arena.allocate(groups.panelBytes(inputs), 64);
            GroupPacking.pack(groups, weight, 0, packed, 0);
            GroupScales read = new GroupScales();
            read.read(groups, inputs, packed, 0);
            if (groups.hasRowScales()) {
                for (int row = 0; row < 64; row++) {
                    assertEquals(scale(weight, row, new QuantizedBlock(), 0) * (1 << groups.bits()), read.scales[row]);
                }
                return;
            }
            float[] scales = read.scales.clone();
            float[] minimums = read.minimums.clone();
            Arrays.fill(read.scales, Float.NaN);
            Arrays.fill(read.minimums, groups.hasMinimums() ? Float.NaN : 0);
            read.scalars(groups, packed, 0, 0);
            assertArrayEquals(read.scales, scales);
            assertArrayEquals(read.minimums, minimums);
        }
    }

    @Test
    void aDamagedScaleOfARowIsRefusedWithItsPlace() {
        Samples samples = new Samples("aDamagedScaleOfARowIsRefusedWithItsPlace");
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(2)) {
            LinearWeight weight = samples.quantized(WeightFormat.INT8, 3, 64, arena);
            weight.data().set(JAVA_FLOAT_UNALIGNED, 2 * WeightFormat.INT8.bytes(64), Float.NaN);
            LinearPacker packer = new LinearPacker(pool, PLAIN_JAVA);
            var thrown = assertThrows(
                    IllegalArgumentException.class, () -> packer.pack(List.of(weight), SumOrder.FREE, arena));
            assertTrue(thrown.getMessage().startsWith("Row 2 of INT8"), thrown::getMessage);
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aDamagedScaleIsRefusedWithItsPlace(WeightFormat format) {
        Samples samples = new Samples("aDamagedScaleIsRefusedWithItsPlace");
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(2)) {
            LinearPacker packer = new LinearPacker(pool, PLAIN_JAVA);
            for (int offset : Samples.float16Offsets(format)) {
                LinearWeight weight = samples.quantized(format, 3, format.blockElements() * 2, arena);
                long damaged = 5L * format.blockBytes() + offset;
                weight.data().set(JAVA_SHORT_UNALIGNED, damaged, Float.floatToFloat16(Float.NaN));
                var thrown = assertThrows(
                        IllegalArgumentException.class, () -> packer.pack(List.of(weight), SumOrder.FREE, arena));
                assertTrue(thrown.getMessage().startsWith("Row 2, block 1 of " + format), thrown::getMessage);
            }
        }
    }
}
