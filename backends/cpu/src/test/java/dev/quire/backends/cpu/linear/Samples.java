package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.quire.api.types.WeightFormat;
import dev.quire.backends.cpu.onednn.OneDnn;
import dev.quire.backends.cpu.onednn.OneDnnLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;

/** Seeded matrices for the tests, and the library under test. The seed is printed, and taken from {@code -Dquire.seed} if given. */
final class Samples {
    private final SplittableRandom random;

    Samples(String test) {
        long seed = Long.getLong("quire.seed", System.nanoTime());
        System.out.println(test + ": -Dquire.seed=" + seed);
        this.random = new SplittableRandom(seed);
    }

    SplittableRandom random() {
        return random;
    }

    static OneDnnLibrary oneDnn() {
        return OneDnn.load(
                Path.of(System.getProperty("java.io.tmpdir"), "quire-test-" + System.getProperty("user.name")));
    }

    MemorySegment floats(Arena arena, long count) {
        MemorySegment values = arena.allocate(4 * count, 64);
        for (long i = 0; i < count; i++) {
            values.setAtIndex(JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        return values;
    }

    /** Normal random weights in a dense format, without bias. */
    LinearWeight dense(WeightFormat format, int outputs, int inputs, Arena arena) {
        MemorySegment data = arena.allocate(format.bytes((long) outputs * inputs), 64);
        for (long i = 0; i < (long) outputs * inputs; i++) {
            float value = (float) random.nextGaussian();
            switch (format) {
                case F32 -> data.setAtIndex(JAVA_FLOAT, i, value);
                case F16 -> data.setAtIndex(JAVA_SHORT, i, Float.floatToFloat16(value));
                case BF16 -> data.setAtIndex(JAVA_SHORT, i, Bf16.bits(value));
                default -> throw new IllegalArgumentException(format.name());
            }
        }
        return new LinearWeight(format, outputs, inputs, data, Optional.empty());
    }

    /** Element [row, column] of dense weights. */
    static float weight(LinearWeight weight, int row, int column) {
        long i = (long) row * weight.inputs() + column;
        return switch (weight.format()) {
            case F32 -> weight.data().getAtIndex(JAVA_FLOAT, i);
            case F16 -> Float.float16ToFloat(weight.data().getAtIndex(JAVA_SHORT, i));
            case BF16 -> Float.intBitsToFloat(weight.data().getAtIndex(JAVA_SHORT, i) << 16);
            default -> throw new IllegalArgumentException(weight.format().name());
        };
    }
}
