package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/** Brings blocks of quantized weights into panels, see {@link GroupFormat}. No bit of them changes, only their places. */
final class GroupPacking {
    private static final int FLOAT16_EXPONENT = 0x7c00;

    private GroupPacking() {}

    /**
     * Packs up to 64 rows, from {@code firstRow}, into one panel of zeros at byte {@code panel}.
     *
     * @throws IllegalArgumentException if a scale is not a finite number
     */
    static void pack(GroupFormat format, LinearWeight weight, int firstRow, MemorySegment packed, long panel) {
        QuantizedBlock block = new QuantizedBlock();
        int rows = Math.min(Panels.WIDTH, weight.outputs() - firstRow);
        int blocks = weight.inputs() / format.blockInputs();
        long rowBytes = weight.format().bytes(weight.inputs());
        if (format.hasRowScales()) {
            for (int row = 0; row < rows; row++) {
                rowScale(weight, firstRow + row, packed, panel + 4L * row);
            }
        }
        for (int b = 0; b < blocks; b++) {
            for (int row = 0; row < rows; row++) {
                long stored = (firstRow + row) * rowBytes + weight.format().headBytes();
                block.read(
                        format,
                        weight.data(),
                        stored + (long) b * weight.format().blockBytes());
                long to = panel + format.headBytes() + (long) b * format.blockBytes();
                if (!format.hasRowScales()) {
                    checkFinite(format, block, firstRow + row, b);
                    scales(format, block, packed, to, row);
                }
                for (int stripe = 0; stripe < format.blockInputs() / GroupFormat.STRIPE; stripe++) {
                    long at = to + format.scalesBytes() + (long) stripe * format.stripeBytes() + 4L * row;
                    codes(format, block, stripe * GroupFormat.STRIPE, packed, at);
                }
            }
        }
    }

    private static void rowScale(LinearWeight weight, int row, MemorySegment packed, long to) {
        long from = row * weight.format().bytes(weight.inputs());
        float scale = Float.intBitsToFloat(weight.data().get(DensePacking.FILE_INT, from));
        if (!Float.isFinite(scale)) {
            throw new IllegalArgumentException("Row %d of %s weights has the scale %s; the file is damaged"
                    .formatted(row, weight.format(), scale));
        }
        packed.set(JAVA_FLOAT, to, scale);
    }

    private static void checkFinite(GroupFormat format, QuantizedBlock block, int row, int index) {
        boolean finite = (block.scale & FLOAT16_EXPONENT) != FLOAT16_EXPONENT
                && (!format.hasMinimums() || (block.minimum & FLOAT16_EXPONENT) != FLOAT16_EXPONENT);
        if (!finite) {
            throw new IllegalArgumentException(
                    "Row %d, block %d of %s weights has the scale %s and minimum %s; the file is damaged"
                            .formatted(
                                    row,
                                    index,
                                    format.format(),
                                    Float.float16ToFloat(block.scale),
                                    Float.float16ToFloat(block.minimum)));
        }
    }

    private static void scales(GroupFormat format, QuantizedBlock block, MemorySegment packed, long to, int row) {
        packed.set(JAVA_SHORT, to + 2L * row, block.scale);
        if (format.hasMinimums()) {
            packed.set(JAVA_SHORT, to + 2L * (Panels.WIDTH + row), block.minimum);
        }
        if (!format.hasIntegerScales()) {
            return;
        }
        long integers = to + format.halvesBytes() + row;
        int groups = format.groupsPerBlock();
        for (int g = 0; g < groups; g++) {
            packed.set(JAVA_BYTE, integers + (long) g * Panels.WIDTH, (byte) block.scales[g]);
            if (format.hasMinimums()) {
                packed.set(JAVA_BYTE, integers + (long) (groups + g) * Panels.WIDTH, (byte) block.minimums[g]);
            }
        }
    }

    private static void codes(GroupFormat format, QuantizedBlock block, int first, MemorySegment packed, long at) {
        int low = format.lowBits();
        int high = format.highBits();
        long next =
                plane(block, first, 0, low, Integer.numberOfTrailingZeros(GroupFormat.lowMask(low, high)), packed, at);
        if (high > 0) {
            plane(block, first, low, high, Integer.numberOfTrailingZeros(GroupFormat.highMask(high)), packed, next);
        }
    }

    /**
     * Writes {@code bits} bits, from bit {@code shift}, of the codes of one stripe.
     *
     * @param home bit of a word where its first code belongs; the next ones lie under it, and around the end
     * @return the place of the next plane
     */
    private static long plane(
            QuantizedBlock block, int first, int shift, int bits, int home, MemorySegment packed, long at) {
        int perWord = Integer.SIZE / bits;
        int mask = (1 << bits) - 1;
        long place = at;
        for (int k = 0; k < GroupFormat.STRIPE; k += perWord, place += GroupFormat.WORDS) {
            int word = 0;
            for (int i = 0; i < perWord; i++) {
                word |= Integer.rotateLeft(block.codes[first + k + i] >> shift & mask, home - i * bits);
            }
            packed.set(JAVA_INT, place, word);
        }
        return place;
    }
}
