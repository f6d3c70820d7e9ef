package dev.quire.backends.tornado.device;

import static dev.quire.backends.tornado.KernelConstants.FORMAT_BF16;
import static dev.quire.backends.tornado.KernelConstants.FORMAT_F16;
import static dev.quire.backends.tornado.KernelConstants.FORMAT_F32;
import static dev.quire.backends.tornado.KernelConstants.FORMAT_INT4_G128;
import static dev.quire.backends.tornado.KernelConstants.FORMAT_INT4_G32;
import static dev.quire.backends.tornado.KernelConstants.FORMAT_INT8;
import static dev.quire.backends.tornado.KernelConstants.FORMAT_Q2_K;
import static dev.quire.backends.tornado.KernelConstants.FORMAT_Q3_K;
import static dev.quire.backends.tornado.KernelConstants.FORMAT_Q4_0;
import static dev.quire.backends.tornado.KernelConstants.FORMAT_Q4_1;
import static dev.quire.backends.tornado.KernelConstants.FORMAT_Q4_K;
import static dev.quire.backends.tornado.KernelConstants.FORMAT_Q5_0;
import static dev.quire.backends.tornado.KernelConstants.FORMAT_Q5_1;
import static dev.quire.backends.tornado.KernelConstants.FORMAT_Q5_K;
import static dev.quire.backends.tornado.KernelConstants.FORMAT_Q8_0;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * Elements of stored weight rows for kernels in Java (RULES, W5 to W7). Every format's blocks have an even number of bytes, so that places are counted in
 * shorts from the start of the arena. No place is negative, which compilers cannot know: so shifts divide. Kernels inline these.
 */
final class Stored {
    private Stored() {}

    /** Element {@code j} of the row that begins at {@code row}, in the format of an ordinal. */
    static float decode(int format, int row, int j, FloatArray f, ShortArray s) {
        float x;
        if (format == FORMAT_F32) {
            x = f.get((row >> 1) + j);
        } else if (format == FORMAT_F16) {
            x = Arithmetic.half(s.get(row + j), f);
        } else if (format == FORMAT_BF16) {
            x = Arithmetic.real(s.get(row + j), f);
        } else if (format == FORMAT_Q8_0) {
            int b = row + (j >> 5) * 17;
            x = Arithmetic.half(s.get(b), f) * (float) signed(unsigned(b, 2 + (j & 31), s));
        } else if (format == FORMAT_INT8) {
            x = f.get(row >> 1) * (float) signed(unsigned(row + 2, j, s));
        } else if (format >= FORMAT_INT4_G32 && format <= FORMAT_INT4_G128) {
            int log = 5 + format - FORMAT_INT4_G32;
            int b = row + (j >> log) * (2 + (8 << format - FORMAT_INT4_G32));
            x = Arithmetic.half(s.get(b), f)
                    * ((float) nibble(b, 4, j & (1 << log) - 1, 4, s) - Arithmetic.half(s.get(b + 1), f));
        } else if (format == FORMAT_Q4_0) {
            int b = row + (j >> 5) * 9;
            x = Arithmetic.half(s.get(b), f) * (float) (nibble(b, 2, j & 31, 4, s) - 8);
        } else if (format == FORMAT_Q4_1) {
            int b = row + (j >> 5) * 10;
            x = Arithmetic.half(s.get(b), f) * (float) nibble(b, 4, j & 31, 4, s) + Arithmetic.half(s.get(b + 1), f);
        } else if (format == FORMAT_Q5_0) {
            int b = row + (j >> 5) * 11;
            x = Arithmetic.half(s.get(b), f) * (float) (fifth(b, 2, j & 31, s) - 16);
        } else if (format == FORMAT_Q5_1) {
            int b = row + (j >> 5) * 12;
            x = Arithmetic.half(s.get(b), f) * (float) fifth(b, 4, j & 31, s) + Arithmetic.half(s.get(b + 1), f);
        } else {
            x = large(format, row, j, f, s);
        }
        return x;
    }

    /** Formats with blocks of 256. */
    private static float large(int format, int row, int element, FloatArray f, ShortArray s) {
        int block = element >> 8;
        int j = element & 255;
        float x;
        if (format == FORMAT_Q2_K) {
            int b = row + block * 42;
            int both = unsigned(b, j >> 4, s);
            float scale = Arithmetic.half(s.get(b + 40), f) * (float) (both & 15);
            x = scale * (float) crumb(b, 16, j, s) - Arithmetic.half(s.get(b + 41), f) * (float) (both >> 4);
        } else if (format == FORMAT_Q3_K) {
            int b = row + block * 55;
            int g = j >> 4;
            int low = unsigned(b, 96 + (g & 7), s) >> (g >> 3 << 2) & 15;
            int scale = low | (unsigned(b, 104 + (g & 3), s) >> (g >> 2 << 1) & 3) << 4;
            int third = unsigned(b, j & 31, s) >> (j >> 5) & 1;
            x = Arithmetic.half(s.get(b + 54), f) * (float) (scale - 32) * (float) (crumb(b, 32, j, s) - 4 + 4 * third);
        } else if (format == FORMAT_Q4_K) {
            int b = row + block * 72;
            x = scaled(b, j, nibble(b, 16, j, 5, s), f, s);
        } else if (format == FORMAT_Q5_K) {
            int b = row + block * 88;
            int fifth = unsigned(b, 16 + (j & 31), s) >> (j >> 5) & 1;
            x = scaled(b, j, nibble(b, 48, j, 5, s) | fifth << 4, f, s);
        } else { // Q6_K
            int b = row + block * 105;
            float scale = Arithmetic.half(s.get(b + 104), f) * (float) signed(unsigned(b, 192 + (j >> 4), s));
            x = scale * (float) ((nibble(b, 0, j, 6, s) | crumb(b, 128, j, s) << 4) - 32);
        }
        return x;
    }

    /** A number under the 6-bit scale and minimum of its 32: FORMAT_Q4_K and FORMAT_Q5_K. */
    private static float scaled(int b, int j, int number, FloatArray f, ShortArray s) {
        int g = j >> 5;
        int scale = unsigned(b, 4 + (g & 3), s);
        int minimum = unsigned(b, 8 + (g & 3), s);
        if (g < 4) {
            scale = scale & 63;
            minimum = minimum & 63;
        } else {
            int both = unsigned(b, 8 + g, s);
            scale = (both & 15) | scale >> 6 << 4;
            minimum = both >> 4 | minimum >> 6 << 4;
        }
        float factor = Arithmetic.half(s.get(b), f) * (float) scale;
        return factor * (float) number - Arithmetic.half(s.get(b + 1), f) * (float) minimum;
    }

    /** Byte {@code i} behind {@code place}. */
    private static int unsigned(int place, int i, ShortArray s) {
        return s.get(place + (i >> 1)) >> ((i & 1) * 8) & 255;
    }

    private static int signed(int unsigned) {
        return (unsigned ^ 128) - 128;
    }

    /** Lower halves of a run of 2^{@code log} bytes, then the upper ones. */
    private static int nibble(int place, int offset, int j, int log, ShortArray s) {
        int pair = unsigned(place, offset + (j >> log + 1 << log) + (j & (1 << log) - 1), s);
        return pair >> ((j >> log & 1) << 2) & 15;
    }

    private static int crumb(int place, int offset, int j, ShortArray s) {
        return unsigned(place, offset + (j >> 7 << 5) + (j & 31), s) >> ((j >> 5 & 3) << 1) & 3;
    }

    /** Numbers of 5 bits: the fifth ones, 32 of them, stand before the nibbles. */
    private static int fifth(int place, int offset, int j, ShortArray s) {
        int fifth = unsigned(place, offset + (j >> 3), s) >> (j & 7) & 1;
        return nibble(place, offset + 4, j, 4, s) | fifth << 4;
    }
}
