package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The scales and minimums of one panel as float32, [groups][64] each. A panel's block begins with 64 float16 scales, then 64
 * minimums if the format has them; then, if its groups have integer scales, [groups][64] bytes of those and of integer minimums.
 * Where rows have a scale, a panel begins with 64 of them, which all groups take.
 * One worker's, used again and again.
 */
final class GroupScales {
    /** At least eight, since there are no vectors of fewer than eight bytes. */
    private static final int LANES = Math.max(8, Lanes.COUNT);

    private static final VectorSpecies<Byte> BYTES = species(byte.class, Byte.SIZE);
    private static final VectorSpecies<Short> SHORTS = species(short.class, Short.SIZE);
    private static final VectorSpecies<Integer> INTS = species(int.class, Integer.SIZE);
    private static final VectorSpecies<Float> FLOATS = species(float.class, Float.SIZE);

    /** What turns the bits of a float16, moved to where a float32 has them, into its value. */
    private static final float EXPONENT_GAP = 0x1p112f;

    /** Scales times 2^bits, the weight of a code's fraction. */
    float[] scales = {};

    float[] minimums = {};

    private static <E> VectorSpecies<E> species(Class<E> element, int bits) {
        return VectorSpecies.of(element, VectorShape.forBitSize(LANES * bits));
    }

    /** Reads the panel at byte {@code panel} of {@code packed}. */
    void read(GroupFormat format, int inputs, MemorySegment packed, long panel) {
        int size = inputs / format.group() * Panels.WIDTH;
        if (scales.length < size) {
            scales = new float[size];
            minimums = new float[size];
        }
        if (format.hasRowScales()) {
            rows(format, size, packed, panel);
            return;
        }
        int blocks = inputs / format.blockInputs();
        for (int b = 0; b < blocks; b++) {
            long block = panel + (long) b * format.blockBytes();
            int to = b * format.groupsPerBlock() * Panels.WIDTH;
            if (Lanes.COUNT < LANES) {
                scalars(format, packed, block, to);
            } else {
                vectors(format, packed, block, to);
            }
        }
    }

    /** The same scales for every group of a row. */
    private void rows(GroupFormat format, int size, MemorySegment packed, long panel) {
        float unit = 1 << format.bits();
        for (int output = 0; output < Panels.WIDTH; output++) {
            scales[output] = packed.get(JAVA_FLOAT, panel + 4L * output) * unit;
        }
        for (int to = Panels.WIDTH; to < size; to += Panels.WIDTH) {
            System.arraycopy(scales, 0, scales, to, Panels.WIDTH);
        }
    }

    /** One output at a time: what the vectors do, for machines without vectors of eight floats. */
    void scalars(GroupFormat format, MemorySegment packed, long block, int to) {
        int groups = format.groupsPerBlock();
        float unit = 1 << format.bits();
        for (int output = 0; output < Panels.WIDTH; output++) {
            float d = half(packed, block + 2L * output);
            float m = format.hasMinimums() ? half(packed, block + 2L * (Panels.WIDTH + output)) : 0;
            long integers = block + format.halvesBytes() + output;
            for (int g = 0; g < groups; g++) {
                int at = to + g * Panels.WIDTH + output;
                float scale =
                        format.hasIntegerScales() ? d * packed.get(JAVA_BYTE, integers + (long) g * Panels.WIDTH) : d;
                scales[at] = scale * unit;
                if (format.hasZeroPoints()) {
                    minimums[at] = -(d * m);
                } else if (format.hasMinimums()) {
                    minimums[at] = format.hasIntegerScales()
                            ? -(m * packed.get(JAVA_BYTE, integers + (long) (groups + g) * Panels.WIDTH))
                            : m;
                }
            }
        }
    }

    private static float half(MemorySegment packed, long at) {
        return Float.float16ToFloat(packed.get(JAVA_SHORT, at));
    }

    private void vectors(GroupFormat format, MemorySegment packed, long block, int to) {
        int groups = format.groupsPerBlock();
        float unit = 1 << format.bits();
        long minimumHalves = block + 2L * Panels.WIDTH;
        if (format.hasIntegerScales()) {
            long integers = block + format.halvesBytes();
            integers(packed, block, integers, groups, unit, scales, to);
            if (format.hasMinimums()) {
                integers(packed, minimumHalves, integers + (long) groups * Panels.WIDTH, groups, -1, minimums, to);
            }
        } else {
            halves(packed, block, unit, scales, to);
            if (format.hasMinimums()) {
                halves(packed, minimumHalves, 1, minimums, to);
            }
            if (format.hasZeroPoints()) {
                zeroPoints(to, groups, unit);
            }
        }
    }

    /** Makes minimums of the zero points of a block's first group, exactly, and gives all its groups what the first has. */
    private void zeroPoints(int to, int groups, float unit) {
        for (int i = to; i < to + Panels.WIDTH; i++) {
            minimums[i] = -(scales[i] / unit * minimums[i]);
        }
        for (int g = 1; g < groups; g++) {
            System.arraycopy(scales, to, scales, to + g * Panels.WIDTH, Panels.WIDTH);
            System.arraycopy(minimums, to, minimums, to + g * Panels.WIDTH, Panels.WIDTH);
        }
    }

    /** out[g, c] = half[c] · integer[g, c] · unit. */
    private static void integers(
            MemorySegment packed, long halves, long integers, int groups, float unit, float[] out, int to) {
        halves(packed, halves, 1, out, to);
        for (int lane = 0; lane < Panels.WIDTH; lane += LANES) {
            FloatVector half = FloatVector.fromArray(FLOATS, out, to + lane);
            for (int g = 0; g < groups; g++) {
                int at = g * Panels.WIDTH + lane;
                FloatVector integer =
                        (FloatVector) ByteVector.fromMemorySegment(BYTES, packed, integers + at, Lanes.ORDER)
                                .convertShape(VectorOperators.B2I, INTS, 0)
                                .convert(VectorOperators.I2F, 0);
                half.mul(integer).mul(unit).intoArray(out, to + at);
            }
        }
    }

    /** out[c] = half[c] · unit. */
    private static void halves(MemorySegment packed, long halves, float unit, float[] out, int to) {
        for (int lane = 0; lane < Panels.WIDTH; lane += LANES) {
            IntVector bits = (IntVector) ShortVector.fromMemorySegment(SHORTS, packed, halves + 2L * lane, Lanes.ORDER)
                    .convertShape(VectorOperators.S2I, INTS, 0);
            FloatVector magnitude = bits.and(0x7fff)
                    .lanewise(VectorOperators.LSHL, 13)
                    .reinterpretAsFloats()
                    .mul(EXPONENT_GAP);
            magnitude
                    .reinterpretAsInts()
                    .or(bits.and(0x8000_0000))
                    .reinterpretAsFloats()
                    .mul(unit)
                    .intoArray(out, to + lane);
        }
    }
}
