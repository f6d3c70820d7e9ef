package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.types.WeightFormat;
import dev.quire.backends.cpu.elementwise.Bf16;
import dev.quire.backends.cpu.onednn.OneDnnLibrary;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** N3, N5 and N6, written out one number at a time, against the kernels. */
class CanonicalLinearTest {
    private static final OneDnnLibrary NONE = new OneDnnLibrary.Missing("canonical sums are plain Java");
    /** More than are brought into order at a time. */
    private static final int ROWS = 301;

    private static final int[] ODD_INPUTS = {1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 72, 100, 255, 577};
    /** The largest product of any two is still finite; sums may not be. */
    private static final float[] HOSTILE = {
        -0f,
        Float.MIN_VALUE,
        -0x1p-57f,
        0x1.ffp-57f,
        0x1.fep63f,
        -0x1.fep63f,
        Float.POSITIVE_INFINITY,
        Float.NaN,
        1e-30f,
        1e8f
    };

    @ParameterizedTest
    @EnumSource
    void sumsHaveTheBitsOfTheDefinition(WeightFormat format) { // N3, N5, N6
        Samples samples = new Samples("sumsHaveTheBitsOfTheDefinition");
        for (int round = 0; round < 40; round++) {
            int inputs = format.isQuantized()
                    ? format.blockElements() * samples.random().nextInt(1, 512 / format.blockElements() + 2)
                    : round < ODD_INPUTS.length
                            ? ODD_INPUTS[round]
                            : samples.random().nextInt(1, 2000);
            int outputs = samples.random().nextInt(1, 150);
            int rows = samples.random().nextInt(4) == 0
                    ? samples.random().nextInt(1, 71)
                    : samples.random().nextInt(1, 6);
            for (SumOrder order : List.of(SumOrder.CANONICAL, SumOrder.CANONICAL_EIGHT_SLICES)) {
                try (Arena arena = Arena.ofShared();
                        WorkerPool pool = new WorkerPool(1 + round % 3)) {
                    LinearWeight weight = weight(samples, format, outputs, inputs, round % 2 == 0, arena);
                    MemorySegment x = samples.floats(arena, (long) rows * inputs);
                    MemorySegment y = arena.allocate(4L * rows * outputs, 64);
                    new LinearPacker(pool, NONE)
                            .pack(List.of(weight), order, arena)
                            .run(x, rows, List.of(y));
                    check(weight, order, x, rows, y);
                }
            }
        }
    }

    @Test
    void hostileValuesAreRoundedAndAddedLikeAnyOther() { // N3, N5
        Samples samples = new Samples("hostileValuesAreRoundedAndAddedLikeAnyOther");
        for (int inputs : ODD_INPUTS) {
            for (SumOrder order : List.of(SumOrder.CANONICAL, SumOrder.CANONICAL_EIGHT_SLICES)) {
                try (Arena arena = Arena.ofShared();
                        WorkerPool pool = new WorkerPool(2)) {
                    LinearWeight weight = weight(samples, WeightFormat.F32, 70, inputs, true, arena);
                    MemorySegment x = samples.floats(arena, 5L * inputs);
                    for (float value : HOSTILE) {
                        x.setAtIndex(JAVA_FLOAT, samples.random().nextLong(5L * inputs), value);
                        weight.data().setAtIndex(JAVA_FLOAT, samples.random().nextLong(70L * inputs), value);
                    }
                    MemorySegment y = arena.allocate(4L * 5 * 70, 64);
                    new LinearPacker(pool, NONE)
                            .pack(List.of(weight), order, arena)
                            .run(x, 5, List.of(y));
                    check(weight, order, x, 5, y);
                }
            }
        }
    }

    @Test
    void layersThatArePackedTogetherAreEachAsAlone() {
        Samples samples = new Samples("layersThatArePackedTogetherAreEachAsAlone");
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(2)) {
            List<LinearWeight> weights = List.of(
                    weight(samples, WeightFormat.BF16, 65, 200, true, arena),
                    weight(samples, WeightFormat.BF16, 3, 200, false, arena),
                    weight(samples, WeightFormat.BF16, 128, 200, true, arena));
            MemorySegment x = samples.floats(arena, ROWS * 200);
            List<MemorySegment> ys = new ArrayList<>();
            weights.forEach(weight -> ys.add(arena.allocate(4L * ROWS * weight.outputs(), 64)));
            new LinearPacker(pool, NONE)
                    .pack(weights, SumOrder.CANONICAL, arena)
                    .run(x, ROWS, ys);
            for (int i = 0; i < weights.size(); i++) {
                check(weights.get(i), SumOrder.CANONICAL, x, ROWS, ys.get(i));
            }
        }
    }

    private static LinearWeight weight(
            Samples samples, WeightFormat format, int outputs, int inputs, boolean biased, Arena arena) {
        LinearWeight weight = format.isQuantized()
                ? samples.quantized(format, outputs, inputs, arena)
                : samples.dense(format, outputs, inputs, arena);
        if (format == WeightFormat.BF16) {
            weight.data().setAtIndex(JAVA_SHORT, 0, (short) 0x0001);
        }
        return biased
                ? new LinearWeight(format, outputs, inputs, weight.data(), Optional.of(samples.floats(arena, outputs)))
                : weight;
    }

    private static void check(LinearWeight weight, SumOrder order, MemorySegment x, int rows, MemorySegment y) {
        for (int n = 0; n < weight.outputs(); n++) {
            float[] w = Samples.row(weight, n);
            for (int row = 0; row < rows; row++) {
                float sum = sum(x, (long) row * weight.inputs(), w, order);
                float expected =
                        weight.bias().isPresent() ? sum + weight.bias().get().getAtIndex(JAVA_FLOAT, n) : sum;
                float actual = y.getAtIndex(JAVA_FLOAT, (long) row * weight.outputs() + n);
                assertEquals(
                        Float.floatToIntBits(expected),
                        Float.floatToIntBits(actual),
                        () -> "%s, %s, [%d, %d], %d rows: %s, not %s"
                                .formatted(
                                        weight.format(),
                                        order,
                                        weight.outputs(),
                                        weight.inputs(),
                                        rows,
                                        actual,
                                        expected));
            }
        }
    }

    private static float sum(MemorySegment x, long row, float[] w, SumOrder order) {
        if (order == SumOrder.CANONICAL) {
            return dot(x, row, w, 0, w.length);
        }
        float[] slices = new float[8];
        for (int j = 0; j < 8; j++) {
            slices[j] = dot(x, row, w, j * w.length / 8, (j + 1) * w.length / 8);
        }
        return fold(slices);
    }

    private static float dot(MemorySegment x, long row, float[] w, int from, int to) {
        float[] partials = new float[32];
        for (int k = from; k < to; k++) {
            float product = Bf16.round(x.getAtIndex(JAVA_FLOAT, row + k)) * Bf16.round(w[k]);
            partials[(k - from) % 32] += product;
        }
        return fold(partials);
    }

    private static float fold(float[] values) {
        for (int step = values.length / 2; step > 0; step /= 2) {
            float[] folded = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                folded[i] = values[i] + values[i ^ step];
            }
            values = folded;
        }
        return values[0];
    }
}
