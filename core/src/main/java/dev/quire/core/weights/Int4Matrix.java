package dev.quire.core.weights;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.quire.core.weights.format.WeightFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * The parts of a matrix of 4 bits, and how its rows are put together from them (RULES, W7).
 *
 * @param codes as the layout has them
 * @param zeros [groups, outputs / 8] words
 * @param scales [groups, outputs] binary16
 * @param module for messages
 */
record Int4Matrix(
        Int4Layout layout,
        int groupSize,
        int inputs,
        int outputs,
        MemorySegment codes,
        MemorySegment zeros,
        MemorySegment scales,
        String module) {
    static final ValueLayout.OfInt WORD = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort HALF = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Rows that are written together: neighbours in the parts, so that a cache line of these is read once. */
    private static final int TILE = 64;

    private static final int HEAD = 4;

    /** Fills {@code target} with all rows, on all cores. */
    void writeTo(MemorySegment target) {
        IntStream.range(0, Math.ceilDiv(outputs, TILE))
                .parallel()
                .forEach(tile -> rows(tile * TILE, Math.min(outputs, (tile + 1) * TILE), target));
    }

    private int blockBytes() {
        return HEAD + groupSize / 2;
    }

    private void rows(int from, int end, MemorySegment target) {
        int rowBytes = inputs / groupSize * blockBytes();
        byte[] bytes = new byte[Math.multiplyExact(end - from, rowBytes)];
        MemorySegment rows = MemorySegment.ofArray(bytes);
        for (int group = 0; group < inputs / groupSize; group++) {
            for (int output = from; output < end; output++) {
                int block = (output - from) * rowBytes + group * blockBytes();
                rows.set(HALF, block, scale(group, output));
                rows.set(HALF, block + 2, Float.floatToFloat16(zero(group, output)));
            }
            for (int i = 0; i < groupSize; i++) {
                int at = group * blockBytes() + HEAD + i / 32 * 16 + i % 16;
                for (int output = from; output < end; output++) {
                    int code = code(group * groupSize + i, output);
                    bytes[(output - from) * rowBytes + at] |= (byte) (i / 16 % 2 == 0 ? code : code << 4);
                }
            }
        }
        MemorySegment.copy(rows, 0, target, (long) from * rowBytes, bytes.length);
    }

    private int code(int input, int output) {
        int word = codes.get(WORD, 4 * layout.word(input, output, outputs));
        return word >>> 4 * layout.index(input, output) & 15;
    }

    private int zero(int group, int output) {
        int word = zeros.get(WORD, 4 * ((long) group * (outputs / 8) + output / 8));
        return (word >>> 4 * layout.zeroIndex(output) & 15) + layout.zeroOffset();
    }

    private short scale(int group, int output) {
        short scale = scales.get(HALF, 2 * ((long) group * outputs + output));
        if (!Float.isFinite(Float.float16ToFloat(scale))) {
            throw new WeightFormatException("'%s' has the scale %s at [%d, %d]; the file is damaged"
                    .formatted(module, Float.float16ToFloat(scale), group, output));
        }
        return scale;
    }
}
