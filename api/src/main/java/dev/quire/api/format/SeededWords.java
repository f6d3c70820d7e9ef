package dev.quire.api.format;

import dev.quire.api.program.WeightRef;

/**
 * Which words of a {@link SeededWeight}'s rows are not as random as the generator gives them: of every period one, {@code at}, is cut to {@code first}, and
 * the one behind it to {@code second}. So elements are finite, have a mean of about 0, and are of about 1/√columns, those of float32 vectors of about 1.
 *
 * @param period words after which places repeat
 * @param at place in a period of the word that {@code first} cuts
 */
public record SeededWords(int period, int at, Cut first, Cut second) {
    /** The exponent of binary16's least normal number, and of its least one. */
    private static final int LEAST_NORMAL = -14;

    private static final int LEAST = -24;
    /** Two bits of the exponent and all of the significand. */
    private static final int SIGNED_OCTAVES_BF16 = 0x8000 | 0x3 << 7 | 0x7f;

    private static final int SIGNED_OCTAVES_F16 = 0x8000 | 0x3 << 10 | 0x3ff;
    private static final int BIAS_F32 = 127;
    private static final int BIAS_F16 = 15;
    /** Scales have significands from 1 to 2; minima are meant for this one. */
    private static final double MIDDLE = 1.5;

    /**
     * What becomes of a random word.
     *
     * @param mask its bits that stay
     * @param base what is added to them
     */
    public record Cut(int mask, int base) {
        /** None at all. */
        static final Cut NONE = new Cut(0xffff, 0);

        /** The word, cut. */
        int of(int random) {
            return (random & mask) + base;
        }

        /** A positive number of binary16 from 2^exponent to twice that, subnormal where it must be. */
        static Cut scale(int exponent) {
            if (exponent >= LEAST_NORMAL) {
                return new Cut(0x3ff, exponent + BIAS_F16 << 10);
            }
            int least = 1 << Math.max(0, exponent - LEAST);
            return new Cut(least - 1, least);
        }

        /** One number of binary16. */
        static Cut fixed(double value) {
            return new Cut(0, Short.toUnsignedInt(Float.floatToFloat16((float) value)));
        }
    }

    /** Those of a weight. */
    public static SeededWords of(WeightRef ref) {
        // The root's exponent, rounded up.
        int root = (Integer.SIZE - Integer.numberOfLeadingZeros(ref.columns())) / 2;
        int block = ref.format().blockBytes() / Short.BYTES;
        return switch (ref.format()) {
            case F32 -> new SeededWords(2, 0, Cut.NONE, octavesBf16(ref.rows() == 1 ? 0 : root));
            case BF16 -> new SeededWords(1, 0, octavesBf16(root), Cut.NONE);
            case F16 -> new SeededWords(1, 0, new Cut(SIGNED_OCTAVES_F16, BIAS_F16 - 3 - root << 10), Cut.NONE);
            case INT8 ->
                new SeededWords(
                        Math.toIntExact(ref.format().bytes(ref.columns()) / Short.BYTES),
                        0,
                        Cut.NONE,
                        new Cut(0x7f, BIAS_F32 - 7 - root << 7));
            case Q8_0 -> new SeededWords(block, 0, Cut.scale(-7 - root), Cut.NONE);
            case Q4_0 -> new SeededWords(block, 0, Cut.scale(-3 - root), Cut.NONE);
            case Q5_0 -> new SeededWords(block, 0, Cut.scale(-4 - root), Cut.NONE);
            case Q4_1 -> pair(block, 0, -3 - root, -7.5);
            case Q5_1 -> pair(block, 0, -4 - root, -15.5);
            case Q2_K -> pair(block, 40, -4 - root, 1.5);
            case Q3_K -> new SeededWords(block, 54, Cut.scale(-6 - root), Cut.NONE);
            case Q4_K -> pair(block, 0, -8 - root, 7.5);
            case Q5_K -> pair(block, 0, -9 - root, 15.5);
            case Q6_K -> new SeededWords(block, 104, Cut.scale(-11 - root), Cut.NONE);
            case INT4_G32, INT4_G64, INT4_G128 -> new SeededWords(block, 0, Cut.scale(-3 - root), Cut.fixed(8));
        };
    }

    private static Cut octavesBf16(int root) {
        return new Cut(SIGNED_OCTAVES_BF16, BIAS_F32 - 3 - root << 7);
    }

    /** A scale and, of the codes that it is for, the middle that a minimum takes off. */
    private static SeededWords pair(int period, int at, int exponent, double middle) {
        return new SeededWords(period, at, Cut.scale(exponent), Cut.fixed(middle * MIDDLE * Math.scalb(1.0, exponent)));
    }

    /** A random word as it stands at a place of a row. */
    int cut(int random, int place) {
        return switch (place % period - at) {
            case 0 -> first.of(random);
            case 1 -> second.of(random);
            default -> random;
        };
    }
}
