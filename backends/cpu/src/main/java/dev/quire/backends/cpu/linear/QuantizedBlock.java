package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** One block of a quantized row taken apart: codes and scales, still as integers and float16 bits. One thread's, used again and again. */
final class QuantizedBlock {
    private static final int LARGEST = 256;

    final int[] codes = new int[LARGEST];
    final int[] scales = new int[LARGEST / 16];
    final int[] minimums = new int[LARGEST / 16];
    short scale;
    short minimum;

    /** Reads the block at byte {@code at}. */
    void read(GroupFormat format, MemorySegment data, long at) {
        switch (format.format()) {
            case Q8_0 -> {
                scale = half(data, at);
                for (int i = 0; i < 32; i++) {
                    codes[i] = data.get(JAVA_BYTE, at + 2 + i) + 128;
                }
            }
            case Q4_0, Q4_1, Q5_0, Q5_1 -> small(format, data, at);
            case Q2_K -> q2(data, at);
            case Q3_K -> q3(data, at);
            case Q4_K, Q5_K -> q4OrQ5(format, data, at);
            case Q6_K -> q6(data, at);
            case INT4_G32, INT4_G64, INT4_G128 -> {
                scale = half(data, at);
                minimum = half(data, at + 2);
                for (int i = 0; i < format.blockInputs(); i++) {
                    codes[i] = nibble(data, at + 4, i, 16);
                }
            }
            case INT8 -> {
                for (int i = 0; i < 32; i++) {
                    codes[i] = data.get(JAVA_BYTE, at + i) + 128;
                }
            }
            case F32, F16, BF16 -> throw new IllegalArgumentException(format + " has no blocks");
        }
    }

    /** [d, m if any, 4 bytes of fifth bits if any, 16 bytes of nibbles] */
    private void small(GroupFormat format, MemorySegment data, long at) {
        scale = half(data, at);
        long next = at + 2;
        if (format.hasMinimums()) {
            minimum = half(data, next);
            next += 2;
        }
        long fifths = next;
        if (format.highBits() > 0) {
            next += 4;
        }
        for (int i = 0; i < 32; i++) {
            codes[i] = nibble(data, next, i, 16);
            if (format.highBits() > 0) {
                codes[i] |= bit(data, fifths + i / 8, i % 8) << 4;
            }
        }
    }

    private void q2(MemorySegment data, long at) {
        scale = half(data, at + 80);
        minimum = half(data, at + 82);
        for (int g = 0; g < 16; g++) {
            scales[g] = unsigned(data, at + g) & 15;
            minimums[g] = unsigned(data, at + g) >> 4;
        }
        for (int i = 0; i < LARGEST; i++) {
            codes[i] = crumb(data, at + 16, i);
        }
    }

    /** The 6-bit scales: low nibbles in 8 bytes, then upper pairs of bits in 4. */
    private void q3(MemorySegment data, long at) {
        scale = half(data, at + 108);
        for (int g = 0; g < 16; g++) {
            int low = unsigned(data, at + 96 + g % 8) >> g / 8 * 4 & 15;
            int high = unsigned(data, at + 104 + g % 4) >> g / 4 * 2 & 3;
            scales[g] = (low | high << 4) - 32;
        }
        for (int i = 0; i < LARGEST; i++) {
            codes[i] = crumb(data, at + 32, i) | bit(data, at + i % 32, i / 32) << 2;
        }
    }

    /** The first four 6-bit scales and minimums are whole bytes, whose upper two bits belong to the last four. */
    private void q4OrQ5(GroupFormat format, MemorySegment data, long at) {
        scale = half(data, at);
        minimum = half(data, at + 2);
        long packed = at + 4;
        for (int g = 0; g < 4; g++) {
            int s = unsigned(data, packed + g);
            int m = unsigned(data, packed + 4 + g);
            int both = unsigned(data, packed + 8 + g);
            scales[g] = s & 63;
            minimums[g] = m & 63;
            scales[g + 4] = both & 15 | s >> 6 << 4;
            minimums[g + 4] = both >> 4 | m >> 6 << 4;
        }
        boolean fifths = format.highBits() > 0;
        for (int i = 0; i < LARGEST; i++) {
            codes[i] = nibble(data, at + (fifths ? 48 : 16), i, 32);
            if (fifths) {
                codes[i] |= bit(data, at + 16 + i % 32, i / 32) << 4;
            }
        }
    }

    private void q6(MemorySegment data, long at) {
        scale = half(data, at + 208);
        for (int g = 0; g < 16; g++) {
            scales[g] = data.get(JAVA_BYTE, at + 192 + g);
        }
        for (int i = 0; i < LARGEST; i++) {
            codes[i] = nibble(data, at, i, 64) | crumb(data, at + 128, i) << 4;
        }
    }

    /** Each run of {@code run} bytes holds twice as many: the lower halves first. */
    private static int nibble(MemorySegment data, long at, int i, int run) {
        int both = unsigned(data, at + i / (2 * run) * run + i % run);
        return i / run % 2 == 0 ? both & 15 : both >> 4;
    }

    /** Each run of 32 bytes holds 128, two bits each, 32 at a time from the lowest bits up. */
    private static int crumb(MemorySegment data, long at, int i) {
        return unsigned(data, at + i / 128 * 32 + i % 32) >> i / 32 % 4 * 2 & 3;
    }

    private static int bit(MemorySegment data, long at, int index) {
        return unsigned(data, at) >> index & 1;
    }

    private static int unsigned(MemorySegment data, long at) {
        return Byte.toUnsignedInt(data.get(JAVA_BYTE, at));
    }

    private static short half(MemorySegment data, long at) {
        return data.get(DensePacking.FILE_SHORT, at);
    }
}
