package dev.quire.api.format;

import static dev.quire.api.format.BlockDecoder.half;
import static dev.quire.api.format.BlockDecoder.unsigned;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * The "K" formats: super-blocks of 256 elements with a binary16 scale d (and, where the zero point is not fixed, a second one
 * for minimums, dmin), cut into 16 groups of 16 or 8 groups of 32 with a small integer scale each.
 *
 * <p>A value is (d·scale)·q, or (d·scale)·q − (dmin·minimum): the products in brackets first, each operation rounded.
 */
final class SuperBlocks {
    private static final int ELEMENTS = 256;

    private SuperBlocks() {}

    /** [16 bytes of scale and minimum nibbles, 64 bytes of crumbs, d, dmin]; groups of 16 */
    static void q2(MemorySegment source, long block, float[] target, int at) {
        float d = half(source, block + 80);
        float dmin = half(source, block + 82);
        for (int first = 0; first < ELEMENTS; first += 16) {
            int packed = unsigned(source, block + first / 16);
            float scale = d * (packed & 15);
            float minimum = dmin * (packed >> 4);
            for (int i = first; i < first + 16; i++) {
                target[at + i] = scale * crumb(source, block + 16, i) - minimum;
            }
        }
    }

    /** [32 bytes of third bits, 64 bytes of crumbs, 12 bytes of 6-bit scales, d]; groups of 16; a clear third bit takes 4 off */
    static void q3(MemorySegment source, long block, float[] target, int at) {
        float d = half(source, block + 108);
        for (int first = 0; first < ELEMENTS; first += 16) {
            float scale = d * (q3Scale(source, block + 96, first / 16) - 32);
            for (int i = first; i < first + 16; i++) {
                int third = unsigned(source, block + i % 32) >> i / 32 & 1;
                target[at + i] = scale * (crumb(source, block + 32, i) - (third == 1 ? 0 : 4));
            }
        }
    }

    /** [d, dmin, 12 bytes of 6-bit scales and minimums, 128 bytes of nibbles]; groups of 32 */
    static void q4(MemorySegment source, long block, float[] target, int at) {
        float d = half(source, block);
        float dmin = half(source, block + 2);
        for (int first = 0; first < ELEMENTS; first += 32) {
            float scale = d * scale(source, block + 4, first / 32);
            float minimum = dmin * minimum(source, block + 4, first / 32);
            for (int i = first; i < first + 32; i++) {
                target[at + i] = scale * nibble(source, block + 16, i, 32) - minimum;
            }
        }
    }

    /** [d, dmin, 12 bytes of 6-bit scales and minimums, 32 bytes of fifth bits, 128 bytes of nibbles]; groups of 32 */
    static void q5(MemorySegment source, long block, float[] target, int at) {
        float d = half(source, block);
        float dmin = half(source, block + 2);
        for (int first = 0; first < ELEMENTS; first += 32) {
            float scale = d * scale(source, block + 4, first / 32);
            float minimum = dmin * minimum(source, block + 4, first / 32);
            for (int i = first; i < first + 32; i++) {
                int fifth = unsigned(source, block + 16 + i % 32) >> i / 32 & 1;
                target[at + i] = scale * (nibble(source, block + 48, i, 32) | fifth << 4) - minimum;
            }
        }
    }

    /** [128 bytes of nibbles, 64 bytes of upper crumbs, 16 signed scales, d]; groups of 16, zero point 32 */
    static void q6(MemorySegment source, long block, float[] target, int at) {
        float d = half(source, block + 208);
        for (int first = 0; first < ELEMENTS; first += 16) {
            float scale = d * source.get(JAVA_BYTE, block + 192 + first / 16);
            for (int i = first; i < first + 16; i++) {
                int value = nibble(source, block, i, 64) | crumb(source, block + 128, i) << 4;
                target[at + i] = scale * (value - 32);
            }
        }
    }

    /** Two bits: each run of 32 bytes holds 128 elements, 32 at a time from the lowest bits up. */
    private static int crumb(MemorySegment source, long crumbs, int i) {
        return unsigned(source, crumbs + i / 128 * 32 + i % 32) >> i / 32 % 4 * 2 & 3;
    }

    /** Four bits: each run of {@code run} bytes holds twice as many elements, first the lower halves, then the upper ones. */
    private static int nibble(MemorySegment source, long nibbles, int i, int run) {
        int pair = unsigned(source, nibbles + i / (2 * run) * run + i % run);
        return i / run % 2 == 0 ? pair & 15 : pair >> 4;
    }

    /** Scale g of Q3_K, 0 to 63: the low nibbles of 16 scales in 8 bytes, then their upper two bits in 4 bytes. */
    private static int q3Scale(MemorySegment source, long scales, int g) {
        int low = unsigned(source, scales + g % 8) >> g / 8 * 4 & 15;
        int high = unsigned(source, scales + 8 + g % 4) >> g / 4 * 2 & 3;
        return low | high << 4;
    }

    /** Scale g of Q4_K and Q5_K, 0 to 63: the first four whole; the last four in the lower nibbles and the top bits of the first. */
    private static int scale(MemorySegment source, long packed, int g) {
        return g < 4
                ? unsigned(source, packed + g) & 63
                : unsigned(source, packed + 4 + g) & 15 | unsigned(source, packed + g - 4) >> 6 << 4;
    }

    /** Minimum g of Q4_K and Q5_K, packed like the scales, four bytes further and in the upper nibbles. */
    private static int minimum(MemorySegment source, long packed, int g) {
        return g < 4
                ? unsigned(source, packed + 4 + g) & 63
                : unsigned(source, packed + 4 + g) >> 4 | unsigned(source, packed + g) >> 6 << 4;
    }
}
