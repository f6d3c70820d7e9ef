package dev.quire.conformance.cases;

import dev.quire.api.format.PlainEncoder;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;

/** Data of cases: the same for the same seed and name. */
final class Samples {
    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final long seed;

    Samples(long seed) {
        this.seed = seed;
    }

    Random random(String name) {
        return new Random(seed * 31 + name.hashCode());
    }

    /** {@code n} floats, uniform in [−size, size]. */
    float[] floats(String name, int n, float size) {
        Random random = random(name);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = size * (2 * random.nextFloat() - 1);
        }
        return values;
    }

    /** A weight's bytes: matrices within ±1/√columns, vectors within ±1. */
    MemorySegment weight(WeightRef ref) {
        MemorySegment bytes = Arena.ofAuto().allocate(ref.bytes(), 64);
        boolean vector = ref.rows() == 1 && ref.format() == WeightFormat.F32;
        float size = vector ? 1 : (float) (1 / Math.sqrt(ref.columns()));
        if (ref.format().isQuantized()) {
            blocks(ref, bytes, size);
        } else {
            float[] values = floats(ref.name(), Math.multiplyExact(ref.rows(), ref.columns()), size);
            PlainEncoder.encode(ref.format(), values, 0, bytes, 0, values.length);
        }
        return bytes;
    }

    /** Random codes under scales that keep values within {@code size}. */
    private void blocks(WeightRef ref, MemorySegment bytes, float size) {
        byte[] codes = new byte[Math.toIntExact(ref.bytes())];
        random(ref.name()).nextBytes(codes);
        MemorySegment.copy(MemorySegment.ofArray(codes), 0, bytes, 0, codes.length);
        for (long block = 0; block < codes.length; block += ref.format().blockBytes()) {
            switch (ref.format()) {
                case Q8_0 -> half(bytes, block, size / 128);
                case Q4_0 -> half(bytes, block, size / 8);
                case Q4_K -> {
                    half(bytes, block, size / (63 * 15));
                    half(bytes, block + 2, size / 63);
                }
                case Q6_K -> half(bytes, block + 208, size / (128 * 32));
                case WeightFormat other -> throw new IllegalArgumentException("no samples of format " + other);
            }
        }
    }

    private static void half(MemorySegment bytes, long at, float value) {
        bytes.set(HALF, at, Float.floatToFloat16(value));
    }
}
