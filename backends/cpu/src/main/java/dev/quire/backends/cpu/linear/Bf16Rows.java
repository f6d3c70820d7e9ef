package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.quire.backends.cpu.elementwise.Bf16;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rounds rows of float32 activations as {@link Bf16} does. The loops spell out {@link Bf16#roundBits}: what the compiler does not inline returns its
 * vectors on the heap, and that is too long for it to be sure.
 */
final class Bf16Rows {
    /** As many shorts as a vector has floats; 128-bit machines have no vector of four shorts worth using. */
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, Lanes.COUNT * Short.SIZE)));

    private static final int SIGN = 0x80000000;
    private static final int MAGNITUDE = 0x7fffffff;

    private Bf16Rows() {}

    /** Writes {@code count} floats from byte {@code from} of {@code x} as bf16 from byte {@code to}. */
    static void narrow(MemorySegment x, long from, int count, MemorySegment out, long to) {
        int i = 0;
        for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
            FloatVector value = FloatVector.fromMemorySegment(Lanes.FLOATS, x, from + 4L * i, Lanes.ORDER);
            IntVector bits = value.reinterpretAsInts();
            IntVector nearest = bits.add(0x7fff)
                    .add(bits.lanewise(VectorOperators.LSHR, 16).and(1))
                    .and(Bf16.HIGH);
            IntVector flushed =
                    nearest.blend(nearest.and(SIGN), nearest.and(MAGNITUDE).compare(VectorOperators.LT, Bf16.SMALLEST));
            IntVector rounded = flushed.blend(Bf16.NAN, bits.and(MAGNITUDE).compare(VectorOperators.GT, Bf16.INFINITY));
            ((ShortVector) rounded.lanewise(VectorOperators.LSHR, 16).convertShape(VectorOperators.I2S, SHORTS, 0))
                    .intoMemorySegment(out, to + 2L * i, Lanes.ORDER);
        }
        for (; i < count; i++) {
            out.set(JAVA_SHORT, to + 2L * i, Bf16.bits(x.get(JAVA_FLOAT, from + 4L * i)));
        }
    }

    /** Writes {@code count} floats from byte {@code from} of {@code x} rounded, still as floats, from byte {@code to}. */
    static void round(MemorySegment x, long from, int count, MemorySegment out, long to) {
        int i = 0;
        for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
            FloatVector value = FloatVector.fromMemorySegment(Lanes.FLOATS, x, from + 4L * i, Lanes.ORDER);
            IntVector bits = value.reinterpretAsInts();
            IntVector nearest = bits.add(0x7fff)
                    .add(bits.lanewise(VectorOperators.LSHR, 16).and(1))
                    .and(Bf16.HIGH);
            IntVector flushed =
                    nearest.blend(nearest.and(SIGN), nearest.and(MAGNITUDE).compare(VectorOperators.LT, Bf16.SMALLEST));
            IntVector rounded = flushed.blend(Bf16.NAN, bits.and(MAGNITUDE).compare(VectorOperators.GT, Bf16.INFINITY));
            rounded.intoMemorySegment(out, to + 4L * i, Lanes.ORDER);
        }
        for (; i < count; i++) {
            out.set(JAVA_FLOAT, to + 4L * i, Bf16.round(x.get(JAVA_FLOAT, from + 4L * i)));
        }
    }

    /** Rounds the first {@code count} values. */
    static void round(float[] values, int count) {
        int i = 0;
        for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
            IntVector bits = FloatVector.fromArray(Lanes.FLOATS, values, i).reinterpretAsInts();
            IntVector nearest = bits.add(0x7fff)
                    .add(bits.lanewise(VectorOperators.LSHR, 16).and(1))
                    .and(Bf16.HIGH);
            IntVector flushed =
                    nearest.blend(nearest.and(SIGN), nearest.and(MAGNITUDE).compare(VectorOperators.LT, Bf16.SMALLEST));
            flushed.blend(Bf16.NAN, bits.and(MAGNITUDE).compare(VectorOperators.GT, Bf16.INFINITY))
                    .reinterpretAsFloats()
                    .intoArray(values, i);
        }
        for (; i < count; i++) {
            values[i] = Bf16.round(values[i]);
        }
    }
}
