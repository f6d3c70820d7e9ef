package dev.quire.kernels.host;

import dev.quire.api.WeightSource;
import dev.quire.api.format.PlainEncoder;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Numbers that tests compute with. */
final class Numbers {
    private static final float[] EDGES = {
        0f, -0f, Float.MIN_VALUE, -1e-40f, 0x1p-56f, 0x1.fp-57f, 1e-20f, 87f, -88f, 3e4f
    };

    private Numbers() {}

    /** Mostly normal numbers of all sizes, among them zeros of both signs, subnormals, and what bf16 flushes. */
    static float[] hostile(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = switch (random.nextInt(16)) {
                case 0 -> EDGES[random.nextInt(EDGES.length)];
                case 1 -> (float) (random.nextGaussian() * 100);
                case 2 -> (float) (random.nextGaussian() * 1e-12);
                default -> (float) random.nextGaussian();
            };
        }
        return values;
    }

    /** Weights by name: plain formats hold hostile numbers, blocks any bytes under scales that are finite. */
    static WeightSource weights(long seed) {
        return ref -> bytes(ref, new Random(seed + ref.name().hashCode()));
    }

    private static MemorySegment bytes(WeightRef ref, Random random) {
        MemorySegment bytes = Arena.ofAuto().allocate(ref.bytes(), 64);
        if (!ref.format().isQuantized()) {
            float[] values = hostile(random, ref.rows() * ref.columns());
            PlainEncoder.encode(ref.format(), values, 0, bytes, 0, values.length);
            return bytes;
        }
        byte[] codes = new byte[Math.toIntExact(ref.bytes())];
        random.nextBytes(codes);
        MemorySegment.copy(MemorySegment.ofArray(codes), 0, bytes, 0, codes.length);
        if (ref.format() == WeightFormat.INT8) {
            for (int row = 0; row < ref.rows(); row++) {
                float size = Math.scalb(random.nextFloat() - 0.5f, random.nextInt(40) - 30);
                bytes.set(ValueLayout.JAVA_FLOAT_UNALIGNED, row * ref.format().bytes(ref.columns()), size);
            }
            return bytes;
        }
        for (int block = 0; block < codes.length; block += ref.format().blockBytes()) {
            switch (ref.format()) {
                case Q8_0, Q4_0, Q5_0 -> scale(bytes, block, random);
                case Q4_1, Q5_1, Q4_K, Q5_K -> {
                    scale(bytes, block, random);
                    scale(bytes, block + 2, random);
                }
                case INT4_G32, INT4_G64, INT4_G128 -> {
                    scale(bytes, block, random);
                    short zero = Float.floatToFloat16(random.nextInt(17));
                    bytes.set(ValueLayout.JAVA_SHORT_UNALIGNED, block + 2, zero);
                }
                case Q2_K -> {
                    scale(bytes, block + 80, random);
                    scale(bytes, block + 82, random);
                }
                case Q3_K -> scale(bytes, block + 108, random);
                case Q6_K -> scale(bytes, block + 208, random);
                default -> throw new IllegalArgumentException("no blocks of format " + ref.format());
            }
        }
        return bytes;
    }

    /** A binary16 of any exponent but that of infinity. */
    private static void scale(MemorySegment bytes, long at, Random random) {
        int bits = random.nextInt(2) << 15 | random.nextInt(31) << 10 | random.nextInt(1024);
        bytes.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) bits);
    }
}
