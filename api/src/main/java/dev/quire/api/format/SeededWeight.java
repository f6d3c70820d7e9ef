package dev.quire.api.format;

import dev.quire.api.program.WeightRef;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A weight whose bytes are made of a seed (RULES, W8): a function of seed, name, row and place alone, in integers, so that a device makes the same ones where
 * they are to stand. A row is a run of 16-bit words, eight to a block of Philox 4×32-10 (Salmon et al. 2011 §4.3); {@link SeededWords} says which of them are
 * cut to what a format's exponents and scales may be.
 *
 * @param ref what it is
 * @param seed the generator's key, its lower word first
 */
public record SeededWeight(WeightRef ref, long seed) {
    /** Rows that differ; those that follow repeat them. */
    public static final int ROWS = 64;

    /** Words of one block of the generator. */
    private static final int BLOCK = 8;

    private static final ValueLayout.OfShort WORD = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** What stands for the name in the generator's counter. */
    public int name() {
        return ref.name().hashCode();
    }

    /** How many words a row has. */
    public int rowWords() {
        return Math.toIntExact(ref.format().bytes(ref.columns()) / Short.BYTES);
    }

    /**
     * Writes the weight.
     *
     * @param to of {@code ref.bytes()} at least
     */
    public void write(MemorySegment to) {
        SeededWords words = SeededWords.of(ref);
        long rowBytes = (long) rowWords() * Short.BYTES;
        for (int row = 0; row < Math.min(ROWS, ref.rows()); row++) {
            row(words, row, to.asSlice(row * rowBytes, rowBytes));
        }
        long made = ROWS * rowBytes;
        for (long at = made; at < ref.bytes(); at += made) {
            MemorySegment.copy(to, 0, to, at, Math.min(made, ref.bytes() - at));
        }
    }

    private void row(SeededWords words, int row, MemorySegment to) {
        int count = rowWords();
        for (int at = 0; at < count; at += BLOCK) {
            int[] block = Philox.block(seed, at / BLOCK, row, name());
            for (int i = 0; i < BLOCK && at + i < count; i++) {
                int random = block[i / 2] >>> 16 * (i % 2) & 0xffff;
                to.set(WORD, (long) (at + i) * Short.BYTES, (short) words.cut(random, at + i));
            }
        }
    }
}
