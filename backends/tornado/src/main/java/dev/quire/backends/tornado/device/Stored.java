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
 * shorts from the start of the arena. Kernels inline these.
 */
final class Stored {
    private Stored() {}

    /** Element {@code j} of the row that begins at {@code row}, in the format of an ordinal. */
    static float decode(int format, int row, int j, FloatArray f, ShortArray s) {
        float x;
        if (format == FORMAT_F32) {
            x = f.get(row / 2 + j);
        } else if (format == FORMAT_F16) {
            x = half(s.get(row + j), f);
        } else if (format == FORMAT_BF16) {
            x = bf16(s.get(row + j), f);
        } else if (format == FORMAT_Q8_0) {
            int b = row + j / 32 * 17;
            x = half(s.get(b), f) * (float) signed(unsigned(b, 2 + j % 32, s));
        } else if (format == FORMAT_INT8) {
            x = f.get(row / 2) * (float) signed(unsigned(row + 2, j, s));
        } else if (format >= FORMAT_INT4_G32 && format <= FORMAT_INT4_G128) {
            int elements = 32 << (format - FORMAT_INT4_G32);
            int b = row + j / elements * (2 + elements / 4);
            x = half(s.get(b), f) * ((float) nibble(b, 4, j % elements, 16, s) - half(s.get(b + 1), f));
        } else if (format == FORMAT_Q4_0) {
            int b = row + j / 32 * 9;
            x = half(s.get(b), f) * (float) (nibble(b, 2, j % 32, 16, s) - 8);
        } else if (format == FORMAT_Q4_1) {
            int b = row + j / 32 * 10;
            x = half(s.get(b), f) * (float) nibble(b, 4, j % 32, 16, s) + half(s.get(b + 1), f);
        } else if (format == FORMAT_Q5_0) {
            int b = row + j / 32 * 11;
            x = half(s.get(b), f) * (float) (fifth(b, 2, j % 32, s) - 16);
        } else if (format == FORMAT_Q5_1) {
            int b = row + j / 32 * 12;
            x = half(s.get(b), f) * (float) fifth(b, 4, j % 32, s) + half(s.get(b + 1), f);
        } else {
            x = large(format, row, j, f, s);
        }
        return x;
    }

    /** Formats with blocks of 256. */
    private static float large(int format, int row, int element, FloatArray f, ShortArray s) {
        int block = element / 256;
        int j = element % 256;
        float x;
        if (format == FORMAT_Q2_K) {
            int b = row + block * 42;
            int both = unsigned(b, j / 16, s);
            float scale = half(s.get(b + 40), f) * (float) (both & 15);
            x = scale * (float) crumb(b, 16, j, s) - half(s.get(b + 41), f) * (float) (both >> 4);
        } else if (format == FORMAT_Q3_K) {
            int b = row + block * 55;
            int g = j / 16;
            int low = unsigned(b, 96 + g % 8, s) >> (g / 8 * 4) & 15;
            int scale = low | (unsigned(b, 104 + g % 4, s) >> (g / 4 * 2) & 3) << 4;
            int third = unsigned(b, j % 32, s) >> (j / 32) & 1;
            x = half(s.get(b + 54), f) * (float) (scale - 32) * (float) (crumb(b, 32, j, s) - 4 + 4 * third);
        } else if (format == FORMAT_Q4_K) {
            int b = row + block * 72;
            x = scaled(b, j, nibble(b, 16, j, 32, s), f, s);
        } else if (format == FORMAT_Q5_K) {
            int b = row + block * 88;
            int fifth = unsigned(b, 16 + j % 32, s) >> (j / 32) & 1;
            x = scaled(b, j, nibble(b, 48, j, 32, s) | fifth << 4, f, s);
        } else { // Q6_K
            int b = row + block * 105;
            float scale = half(s.get(b + 104), f) * (float) signed(unsigned(b, 192 + j / 16, s));
            x = scale * (float) ((nibble(b, 0, j, 64, s) | crumb(b, 128, j, s) << 4) - 32);
        }
        return x;
    }

    /** A number under the 6-bit scale and minimum of its 32: FORMAT_Q4_K and FORMAT_Q5_K. */
    private static float scaled(int b, int j, int number, FloatArray f, ShortArray s) {
        int g = j / 32;
        int scale = unsigned(b, 4 + g % 4, s);
        int minimum = unsigned(b, 8 + g % 4, s);
        if (g < 4) {
            scale = scale & 63;
            minimum = minimum & 63;
        } else {
            int both = unsigned(b, 8 + g, s);
            scale = (both & 15) | scale >> 6 << 4;
            minimum = both >> 4 | minimum >> 6 << 4;
        }
        float factor = half(s.get(b), f) * (float) scale;
        return factor * (float) number - half(s.get(b + 1), f) * (float) minimum;
    }

    /** Byte {@code i} behind {@code place}. */
    private static int unsigned(int place, int i, ShortArray s) {
        return s.get(place + (i >> 1)) >> ((i & 1) * 8) & 255;
    }

    private static int signed(int unsigned) {
        return unsigned > 127 ? unsigned - 256 : unsigned;
    }

    /** Lower halves of a run of bytes, then the upper ones. */
    private static int nibble(int place, int offset, int j, int run, ShortArray s) {
        int pair = unsigned(place, offset + j / (2 * run) * run + j % run, s);
        return pair >> (j / run % 2 * 4) & 15;
    }

    private static int crumb(int place, int offset, int j, ShortArray s) {
        return unsigned(place, offset + j / 128 * 32 + j % 32, s) >> (j / 32 % 4 * 2) & 3;
    }

    /** Numbers of 5 bits: the fifth ones, 32 of them, stand before the nibbles. */
    private static int fifth(int place, int offset, int j, ShortArray s) {
        int fifth = unsigned(place, offset + j / 8, s) >> (j % 8) & 1;
        return nibble(place, offset + 4, j, 16, s) | fifth << 4;
    }

    /** The float32 of IEEE's half. */
    static float half(int bits, FloatArray f) {
        int exponent = bits >> 10 & 31;
        int significand = bits & 1023;
        float x = (float) significand * f.get(Arithmetic.ONE - 24);
        if (exponent > 0) {
            x = (float) (significand + 1024) * f.get(Arithmetic.ONE - 25 + exponent);
        }
        if (exponent == 31) {
            x = Arithmetic.infinity(f);
            if (significand != 0) {
                x = x - x;
            }
        }
        return (bits & 0x8000) != 0 ? -x : x;
    }

    /** The float32 of any bf16. */
    private static float bf16(int bits, FloatArray f) {
        int exponent = bits >> 7 & 255;
        int significand = bits & 127;
        float x = (float) significand * 0.0078125f * f.get(0);
        if (exponent > 0) {
            x = (float) (significand + 128) * 0.0078125f * f.get(Math.min(exponent, Arithmetic.POWERS) - 1);
        }
        if (exponent == 255) {
            x = Arithmetic.infinity(f);
            if (significand != 0) {
                x = x - x;
            }
        }
        return (bits & 0x8000) != 0 ? -x : x;
    }
}
