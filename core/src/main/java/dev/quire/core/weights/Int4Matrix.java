package dev.quire.core.weights;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.format.WeightFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A matrix of 4 bits, whose rows are put together from its parts when they are read (RULES, W7).
 *
 * @param stored the format of its rows
 * @param codes as the layout has them
 * @param zeros [groups, outputs / 8] words
 * @param scales [groups, outputs] binary16
 * @param module for messages
 */
record Int4Matrix(
        Int4Layout layout,
        WeightFormat stored,
        int inputs,
        int outputs,
        MemorySegment codes,
        MemorySegment zeros,
        MemorySegment scales,
        String module)
        implements Tensor.Elements, Matrix {
    static final ValueLayout.OfInt WORD = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort HALF = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int HEAD = 4;

    @Override
    public long rows() {
        return outputs;
    }

    @Override
    public long columns() {
        return inputs;
    }

    @Override
    public Optional<WeightFormat> format() {
        return Optional.of(stored);
    }

    @Override
    public Optional<MemorySegment> mapped(long from, long count) {
        return Optional.empty();
    }

    @Override
    public void decode(long row, float[] target) {
        near(row, 1).decode(0, target);
    }

    /** Of rows that are neighbours each cache line of the parts is read once. */
    @Override
    public Matrix near(long from, long count) {
        int first = Math.toIntExact(from);
        return new Stored(assemble(first, Math.toIntExact(first + count)), stored, count, inputs);
    }

    private MemorySegment assemble(int from, int end) {
        int groupSize = stored.blockElements();
        int blockBytes = stored.blockBytes();
        int rowBytes = inputs / groupSize * blockBytes;
        byte[] bytes = new byte[Math.multiplyExact(end - from, rowBytes)];
        MemorySegment rows = MemorySegment.ofArray(bytes);
        for (int group = 0; group < inputs / groupSize; group++) {
            for (int output = from; output < end; output++) {
                int block = (output - from) * rowBytes + group * blockBytes;
                rows.set(HALF, block, scale(group, output));
                rows.set(HALF, block + 2, Float.floatToFloat16(zero(group, output)));
            }
            for (int i = 0; i < groupSize; i++) {
                int at = group * blockBytes + HEAD + i / 32 * 16 + i % 16;
                for (int output = from; output < end; output++) {
                    int code = code(group * groupSize + i, output);
                    bytes[(output - from) * rowBytes + at] |= (byte) (i / 16 % 2 == 0 ? code : code << 4);
                }
            }
        }
        return rows;
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
