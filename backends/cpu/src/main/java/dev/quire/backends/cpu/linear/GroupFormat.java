package dev.quire.backends.cpu.linear;

import dev.quire.api.types.WeightFormat;

/**
 * What the quantized formats have in common: an element is an unsigned code u of a few bits, and a group of neighbours, or a row, shares a
 * scale s, and a fixed zero point or a minimum m. Its value is s·(u − zero), or s·u + m.
 *
 * <p>Panels hold 64 float32 scales, if rows have one, and then, for each run of {@code blockInputs} inputs, the scales of its groups (see
 * {@link GroupScales}) and then stripes of 32 inputs: first the lower bits of the codes, then the upper ones, a 32-bit word holding as many neighbours of one output as fit,
 * rotated so that {@link GroupCodes} finds the first in place.
 *
 * @param format as stored in files
 * @param lowBits lower bits of a code that are stored together, 2, 4 or 8
 * @param highBits upper bits, stored apart, 0 to 2
 * @param group elements that share a scale, 16 or 32
 * @param zero the code of zero; 0 for formats with minimums
 * @param hasMinimums whether groups have minimums, or zero points of their own
 */
record GroupFormat(WeightFormat format, int lowBits, int highBits, int group, int zero, boolean hasMinimums) {
    static final int STRIPE = 32;
    /** Elements of a block whose groups have integer scales. */
    private static final int SUPER_BLOCK = 256;

    private static final int FRACTION_BITS = 23;

    /** Bytes of one word for each output of a panel. */
    static final int WORDS = 4 * Panels.WIDTH;

    static GroupFormat of(WeightFormat format) {
        return switch (format) {
            case Q8_0 -> new GroupFormat(format, 8, 0, 32, 128, false);
            case Q4_0 -> new GroupFormat(format, 4, 0, 32, 8, false);
            case Q4_1 -> new GroupFormat(format, 4, 0, 32, 0, true);
            case Q5_0 -> new GroupFormat(format, 4, 1, 32, 16, false);
            case Q5_1 -> new GroupFormat(format, 4, 1, 32, 0, true);
            case Q2_K -> new GroupFormat(format, 2, 0, 16, 0, true);
            case Q3_K -> new GroupFormat(format, 2, 1, 16, 4, false);
            case Q4_K -> new GroupFormat(format, 4, 0, 32, 0, true);
            case Q5_K -> new GroupFormat(format, 4, 1, 32, 0, true);
            case Q6_K -> new GroupFormat(format, 4, 2, 16, 32, false);
            case INT8 -> new GroupFormat(format, 8, 0, 32, 128, false);
            case INT4_G32, INT4_G64, INT4_G128 -> new GroupFormat(format, 4, 0, 32, 0, true);
            case F32, F16, BF16 -> throw new IllegalArgumentException(format + " weights have no groups");
        };
    }

    /** Where the lower bits of a code lie in the fraction of a float whose uppermost bits are the code. */
    static int lowMask(int low, int high) {
        return (1 << low) - 1 << FRACTION_BITS - low - high;
    }

    /** Where the upper bits of a code lie there. */
    static int highMask(int high) {
        return (1 << high) - 1 << FRACTION_BITS - high;
    }

    int bits() {
        return lowBits + highBits;
    }

    /** Inputs of one stored block: 256 in the formats whose groups have integer scales. */
    int blockInputs() {
        return format.blockElements();
    }

    /** Whether a row has one scale, a float32, and its blocks have none. */
    boolean hasRowScales() {
        return format.headBytes() > 0;
    }

    /** Bytes of a panel before its first block: the scales of rows. */
    int headBytes() {
        return hasRowScales() ? WORDS : 0;
    }

    boolean hasIntegerScales() {
        return blockInputs() == SUPER_BLOCK;
    }

    /** Whether a block has a zero point z in place of a minimum, which is then −s·z. */
    boolean hasZeroPoints() {
        return switch (format) {
            case INT4_G32, INT4_G64, INT4_G128 -> true;
            default -> false;
        };
    }

    int groupsPerBlock() {
        return blockInputs() / group;
    }

    /** Bytes of the float16 scales of a block and, if there are any, minimums. */
    int halvesBytes() {
        return hasRowScales() ? 0 : 2 * Panels.WIDTH * (hasMinimums ? 2 : 1);
    }

    /** Bytes of all scales of a block of 64 outputs. */
    int scalesBytes() {
        int integers = hasIntegerScales() ? groupsPerBlock() * Panels.WIDTH * (hasMinimums ? 2 : 1) : 0;
        return halvesBytes() + integers;
    }

    int stripeBytes() {
        return bits() * WORDS;
    }

    /** Bytes of a block of 64 outputs. */
    int blockBytes() {
        return scalesBytes() + blockInputs() / STRIPE * stripeBytes();
    }

    long panelBytes(int inputs) {
        return headBytes() + (long) inputs / blockInputs() * blockBytes();
    }

    /** Byte offset of a stripe in a panel. */
    long stripeOffset(int stripe) {
        int perBlock = blockInputs() / STRIPE;
        return headBytes()
                + (long) (stripe / perBlock) * blockBytes()
                + scalesBytes()
                + (long) (stripe % perBlock) * stripeBytes();
    }
}
