/* One element of a stored weight row (RULES, W5 to W7). Blocks need no alignment. */
#include "constants.h"
#include "f16.h"

FN float float_at(GLOBAL const u8 *b) {
    return FLT((int)((u32)b[0] | (u32)b[1] << 8 | (u32)b[2] << 16 | (u32)b[3] << 24));
}

FN float half_at(GLOBAL const u8 *b) {
    return f16_float((u32)b[0] | (u32)b[1] << 8);
}

/* Lower halves of a run of bytes, then the upper ones. */
FN int nibble(GLOBAL const u8 *b, int j, int run) {
    int pair = b[j / (2 * run) * run + j % run];
    return j / run % 2 == 0 ? pair & 15 : pair >> 4;
}

FN int crumb(GLOBAL const u8 *b, int j) {
    return b[j / 128 * 32 + j % 32] >> j / 32 % 4 * 2 & 3;
}

/* The 6-bit scale and minimum g of Q4_K and Q5_K. */
FN int k_scale(GLOBAL const u8 *s, int g) {
    return g < 4 ? s[g] & 63 : (s[4 + g] & 15) | (s[g - 4] >> 6 << 4);
}

FN int k_minimum(GLOBAL const u8 *s, int g) {
    return g < 4 ? s[4 + g] & 63 : (s[4 + g] >> 4) | (s[g] >> 6 << 4);
}

FN float decode_q2_k(GLOBAL const u8 *b, int j) {
    int s = b[j / 16];
    float scale = FMUL(half_at(b + 80), I2F(s & 15));
    return FSUB(FMUL(scale, I2F(crumb(b + 16, j))), FMUL(half_at(b + 82), I2F(s >> 4)));
}

FN float decode_q3_k(GLOBAL const u8 *b, int j) {
    int g = j / 16;
    int s = (b[96 + g % 8] >> g / 8 * 4 & 15) | (b[104 + g % 4] >> g / 4 * 2 & 3) << 4;
    int third = b[j % 32] >> j / 32 & 1;
    return FMUL(FMUL(half_at(b + 108), I2F(s - 32)), I2F(crumb(b + 32, j) - (third != 0 ? 0 : 4)));
}

FN float decode_q4_k(GLOBAL const u8 *b, int j) {
    float scale = FMUL(half_at(b), I2F(k_scale(b + 4, j / 32)));
    float minimum = FMUL(half_at(b + 2), I2F(k_minimum(b + 4, j / 32)));
    return FSUB(FMUL(scale, I2F(nibble(b + 16, j, 32))), minimum);
}

FN float decode_q5_k(GLOBAL const u8 *b, int j) {
    float scale = FMUL(half_at(b), I2F(k_scale(b + 4, j / 32)));
    float minimum = FMUL(half_at(b + 2), I2F(k_minimum(b + 4, j / 32)));
    int fifth = b[16 + j % 32] >> j / 32 & 1;
    return FSUB(FMUL(scale, I2F(nibble(b + 48, j, 32) | fifth << 4)), minimum);
}

FN float decode_q6_k(GLOBAL const u8 *b, int j) {
    float scale = FMUL(half_at(b + 208), I2F((int)(i8)b[192 + j / 16]));
    return FMUL(scale, I2F((nibble(b, j, 64) | crumb(b + 128, j) << 4) - 32));
}

FN float decode_q5(GLOBAL const u8 *b, int j, int offset) {
    int fifth = b[offset + j / 8] >> j % 8 & 1;
    int q = nibble(b + offset + 4, j, 16) | fifth << 4;
    float d = half_at(b);
    return offset == 2 ? FMUL(d, I2F(q - 16)) : FADD(FMUL(d, I2F(q)), half_at(b + 2));
}

/* Element j of a row of groups of `elements`. */
FN float decode_int4(GLOBAL const u8 *row, int j, int elements) {
    GLOBAL const u8 *b = row + (i64)(j / elements) * (4 + elements / 2);
    return FMUL(half_at(b), FSUB(I2F(nibble(b + 4, j % elements, 16)), half_at(b + 2)));
}

/* Element j of the row at `row`. */
FN float decode(int format, GLOBAL const u8 *row, int j) {
    switch (format) {
        case FORMAT_F32:
            return float_at(row + (i64)j * 4);
        case FORMAT_F16:
            return half_at(row + (i64)j * 2);
        case FORMAT_BF16: {
            GLOBAL const u8 *b = row + (i64)j * 2;
            return FLT((int)((u32)b[0] << 16 | (u32)b[1] << 24));
        }
        case FORMAT_Q8_0: {
            GLOBAL const u8 *b = row + (i64)(j / 32) * 34;
            return FMUL(half_at(b), I2F((int)(i8)b[2 + j % 32]));
        }
        case FORMAT_Q4_0: {
            GLOBAL const u8 *b = row + (i64)(j / 32) * 18;
            return FMUL(half_at(b), I2F(nibble(b + 2, j % 32, 16) - 8));
        }
        case FORMAT_Q4_1: {
            GLOBAL const u8 *b = row + (i64)(j / 32) * 20;
            return FADD(FMUL(half_at(b), I2F(nibble(b + 4, j % 32, 16))), half_at(b + 2));
        }
        case FORMAT_Q5_0:
            return decode_q5(row + (i64)(j / 32) * 22, j % 32, 2);
        case FORMAT_Q5_1:
            return decode_q5(row + (i64)(j / 32) * 24, j % 32, 4);
        case FORMAT_Q2_K:
            return decode_q2_k(row + (i64)(j / 256) * 84, j % 256);
        case FORMAT_Q3_K:
            return decode_q3_k(row + (i64)(j / 256) * 110, j % 256);
        case FORMAT_Q4_K:
            return decode_q4_k(row + (i64)(j / 256) * 144, j % 256);
        case FORMAT_Q5_K:
            return decode_q5_k(row + (i64)(j / 256) * 176, j % 256);
        case FORMAT_INT4_G32:
            return decode_int4(row, j, 32);
        case FORMAT_INT4_G64:
            return decode_int4(row, j, 64);
        case FORMAT_INT4_G128:
            return decode_int4(row, j, 128);
        case FORMAT_INT8:
            return FMUL(float_at(row), I2F((int)(i8)row[4 + (i64)j]));
        default: /* FORMAT_Q6_K */
            return decode_q6_k(row + (i64)(j / 256) * 210, j % 256);
    }
}
