package dev.quire.api.format;

import static dev.quire.api.format.BlockDecoder.half;
import static dev.quire.api.format.BlockDecoder.unsigned;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * Blocks of 32 elements that share one binary16 scale d, and in the "_1" formats one binary16 minimum m.
 *
 * <p>Byte j of the nibbles holds element j in its lower half and element j + 16 in its upper half; the fifth bits of Q5 are one
 * 32-bit word, bit j for element j. A value is d·(q − zero) or d·q + m, each operation rounded.
 */
final class SimpleBlocks {
    private static final int ELEMENTS = 32;
    private static final int HALF = ELEMENTS / 2;

    private SimpleBlocks() {}

    /** [d, 32 signed bytes] */
    static void q8(MemorySegment source, long block, float[] target, int at) {
        float d = half(source, block);
        for (int j = 0; j < ELEMENTS; j++) {
            target[at + j] = d * source.get(JAVA_BYTE, block + 2 + j);
        }
    }

    /** [32 signed bytes] under the scale of their row */
    static void bytes(float scale, MemorySegment source, long block, float[] target, int at) {
        for (int j = 0; j < ELEMENTS; j++) {
            target[at + j] = scale * source.get(JAVA_BYTE, block + j);
        }
    }

    /** [d, z, 16 bytes of nibbles for each 32 elements] */
    static void int4(int elements, MemorySegment source, long block, float[] target, int at) {
        float d = half(source, block);
        float z = half(source, block + 2);
        for (int j = 0; j < elements; j++) {
            int pair = unsigned(source, block + 4 + j / ELEMENTS * HALF + j % HALF);
            target[at + j] = d * ((j / HALF % 2 == 0 ? pair & 15 : pair >> 4) - z);
        }
    }

    /** [d, 16 bytes of nibbles], zero point 8 */
    static void q4(MemorySegment source, long block, float[] target, int at) {
        float d = half(source, block);
        for (int j = 0; j < HALF; j++) {
            int pair = unsigned(source, block + 2 + j);
            target[at + j] = d * ((pair & 15) - 8);
            target[at + j + HALF] = d * ((pair >> 4) - 8);
        }
    }

    /** [d, m, 16 bytes of nibbles] */
    static void q4WithMinimum(MemorySegment source, long block, float[] target, int at) {
        float d = half(source, block);
        float m = half(source, block + 2);
        for (int j = 0; j < HALF; j++) {
            int pair = unsigned(source, block + 4 + j);
            target[at + j] = d * (pair & 15) + m;
            target[at + j + HALF] = d * (pair >> 4) + m;
        }
    }

    /** [d, 4 bytes of fifth bits, 16 bytes of nibbles], zero point 16 */
    static void q5(MemorySegment source, long block, float[] target, int at) {
        float d = half(source, block);
        for (int j = 0; j < ELEMENTS; j++) {
            target[at + j] = d * (fiveBits(source, block + 2, j) - 16);
        }
    }

    /** [d, m, 4 bytes of fifth bits, 16 bytes of nibbles] */
    static void q5WithMinimum(MemorySegment source, long block, float[] target, int at) {
        float d = half(source, block);
        float m = half(source, block + 2);
        for (int j = 0; j < ELEMENTS; j++) {
            target[at + j] = d * fiveBits(source, block + 4, j) + m;
        }
    }

    /** Element j of [4 bytes of fifth bits, 16 bytes of nibbles] at {@code bits}. */
    private static int fiveBits(MemorySegment source, long bits, int j) {
        int pair = unsigned(source, bits + 4 + j % HALF);
        int low = j < HALF ? pair & 15 : pair >> 4;
        int high = unsigned(source, bits + j / 8) >> j % 8 & 1;
        return low | high << 4;
    }
}
