package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Rounds float32 activations to bf16, to nearest, ties to even; a NaN stays one. */
final class Bf16 {
    /** As many shorts as a vector has floats; 128-bit machines have no vector of four shorts worth using. */
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, Lanes.COUNT * Short.SIZE)));

    private Bf16() {}

    /** The nearest bf16 value. */
    static float round(float x) {
        return Float.intBitsToFloat(bits(x) << 16);
    }

    /** Its upper sixteen bits. */
    static short bits(float x) {
        int bits = Float.floatToRawIntBits(x);
        int nearest = Float.isNaN(x) ? bits | 0x400000 : bits + 0x7fff + (bits >>> 16 & 1);
        return (short) (nearest >>> 16);
    }

    /** Writes {@code count} floats from byte {@code from} of {@code x} as bf16 from byte {@code to}. */
    static void narrow(MemorySegment x, long from, int count, MemorySegment out, long to) {
        int i = 0;
        for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
            IntVector upper = rounded(x, from + 4L * i).lanewise(VectorOperators.LSHR, 16);
            ((ShortVector) upper.convertShape(VectorOperators.I2S, SHORTS, 0))
                    .intoMemorySegment(out, to + 2L * i, Lanes.ORDER);
        }
        for (; i < count; i++) {
            out.set(JAVA_SHORT, to + 2L * i, bits(x.get(JAVA_FLOAT, from + 4L * i)));
        }
    }

    /** Writes {@code count} floats from byte {@code from} of {@code x} rounded, still as floats, from byte {@code to}. */
    static void round(MemorySegment x, long from, int count, MemorySegment out, long to) {
        int i = 0;
        for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
            rounded(x, from + 4L * i).and(0xffff0000).intoMemorySegment(out, to + 4L * i, Lanes.ORDER);
        }
        for (; i < count; i++) {
            out.set(JAVA_FLOAT, to + 4L * i, round(x.get(JAVA_FLOAT, from + 4L * i)));
        }
    }

    private static IntVector rounded(MemorySegment x, long offset) {
        FloatVector value = FloatVector.fromMemorySegment(Lanes.FLOATS, x, offset, Lanes.ORDER);
        IntVector bits = value.reinterpretAsInts();
        IntVector nearest =
                bits.add(0x7fff).add(bits.lanewise(VectorOperators.LSHR, 16).and(1));
        return nearest.blend(
                bits.or(0x400000), value.test(VectorOperators.IS_NAN).cast(Lanes.INTS));
    }
}
