package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.quire.api.format.BlockDecoder;
import dev.quire.api.types.WeightFormat;
import dev.quire.backends.cpu.elementwise.Bf16;
import dev.quire.backends.cpu.onednn.OneDnn;
import dev.quire.backends.cpu.onednn.OneDnnLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
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

    /** Random quantized blocks with scales of a usual size, without bias. */
    LinearWeight quantized(WeightFormat format, int outputs, int inputs, Arena arena) {
        MemorySegment data = arena.allocate(format.bytes(inputs) * outputs, 64);
        for (long i = 0; i < data.byteSize(); i++) {
            data.set(JAVA_BYTE, i, (byte) random.nextInt());
        }
        if (format == WeightFormat.INT8) {
            for (long row = 0; row < data.byteSize(); row += format.bytes(inputs)) {
                float scale = (float) random.nextDouble(-1, 1) / (random.nextInt(8) == 0 ? 1 << 20 : 64);
                data.set(JAVA_FLOAT_UNALIGNED, row, scale);
            }
            return new LinearWeight(format, outputs, inputs, data, Optional.empty());
        }
        for (long block = 0; block < data.byteSize(); block += format.blockBytes()) {
            for (int offset : float16Offsets(format)) {
                float scale = (float) random.nextDouble(-1, 1) / (random.nextInt(8) == 0 ? 1 << 20 : 64);
                if (offset == 2 && format.name().startsWith("INT4")) {
                    scale = random.nextInt(17);
                }
                data.set(JAVA_SHORT_UNALIGNED, block + offset, Float.floatToFloat16(scale));
            }
        }
        return new LinearWeight(format, outputs, inputs, data, Optional.empty());
    }

    /** Where a block of a format holds its scale and its minimum. */
    static List<Integer> float16Offsets(WeightFormat format) {
        return switch (format) {
            case Q8_0, Q4_0, Q5_0 -> List.of(0);
            case Q4_1, Q5_1, Q4_K, Q5_K, INT4_G32, INT4_G64, INT4_G128 -> List.of(0, 2);
            case Q2_K -> List.of(80, 82);
            case Q3_K -> List.of(108);
            case Q6_K -> List.of(208);
            case F32, F16, BF16, INT8 -> List.of();
        };
    }

    /** Byte of the block that holds element {@code k} of a row. */
    static long block(LinearWeight weight, int row, int k) {
        WeightFormat format = weight.format();
        return row * format.bytes(weight.inputs())
                + format.headBytes()
                + (long) (k / format.blockElements()) * format.blockBytes();
    }

    /** Row {@code row} of weights in any format, by the definition of the formats. */
    static float[] row(LinearWeight weight, int row) {
        float[] values = new float[weight.inputs()];
        long bytes = weight.format().bytes(weight.inputs());
        BlockDecoder.decode(weight.format(), weight.data(), row * bytes, values, 0, weight.inputs());
        return values;
    }
}
