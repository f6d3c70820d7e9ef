/* 32 elements of a stored weight row at once (RULES, W5 to W7), where a work-item is a whole vector unit. FORMAT is the row's. OpenCL C. */
#include "wide.h"
#include "decode.h"

/* binary16 as float32, which holds it exactly; no subnormal float32 is met on the way. */
FN float16 wide_half(ushort16 h) {
    uint16 bits = convert_uint16(h);
    uint16 magnitude = bits & 0x7fffu;
    uint16 offset = magnitude < 0x7c00u ? (uint16)(112u << 23) : (uint16)(224u << 23);
    uint16 subnormal = as_uint16(FMUL(convert_float16(magnitude), FLT(0x33800000)));
    uint16 normal = (magnitude << 13) + offset;
    return as_float16((magnitude < 0x400u ? subnormal : normal) | (bits & 0x8000u) << 16);
}

/* Integers in bytes, as float32. */
FN float16 wide_bytes(uchar16 q) {
    return convert_float16(convert_int16(q));
}

/* Bit 0 to 15 of a word, each as 16 or 0: the fifth bit of a code. */
FN uchar16 fifth_bits(u32 h) {
    uint16 numbers = (uint16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return convert_uchar16(((uint16)(h) >> numbers & 1u) << 4);
}

FN u32 word_at(GLOBAL const u8 *b) {
    return (u32)b[0] | (u32)b[1] << 8 | (u32)b[2] << 16 | (u32)b[3] << 24;
}

/* Elements i to i + 31 of a row; i is a multiple of 32, and all of them are there. */
FN void stored_lanes(GLOBAL const u8 *row, int i, float16 *low, float16 *high) {
#if FORMAT == FORMAT_F32
    *low = vload16(0, (GLOBAL const float *)row + i);
    *high = vload16(1, (GLOBAL const float *)row + i);
#elif FORMAT == FORMAT_F16
    *low = wide_half(vload16(0, (GLOBAL const u16 *)row + i));
    *high = wide_half(vload16(1, (GLOBAL const u16 *)row + i));
#elif FORMAT == FORMAT_BF16
    *low = bf16_wide(vload16(0, (GLOBAL const u16 *)row + i));
    *high = bf16_wide(vload16(1, (GLOBAL const u16 *)row + i));
#elif FORMAT == FORMAT_Q8_0
    GLOBAL const u8 *b = row + (i64)(i / 32) * 34;
    float d = half_at(b);
    *low = FMUL(convert_float16(as_char16(vload16(0, b + 2))), d);
    *high = FMUL(convert_float16(as_char16(vload16(1, b + 2))), d);
#elif FORMAT == FORMAT_INT4_G32 || FORMAT == FORMAT_INT4_G64 || FORMAT == FORMAT_INT4_G128
#define INT4_GROUP (FORMAT == FORMAT_INT4_G32 ? 32 : FORMAT == FORMAT_INT4_G64 ? 64 : 128)
    GLOBAL const u8 *b = row + (i64)(i / INT4_GROUP) * (4 + INT4_GROUP / 2);
    float d = half_at(b), zero = half_at(b + 2);
    uchar16 q = vload16(0, b + 4 + i % INT4_GROUP / 2);
    *low = FMUL(FSUB(wide_bytes(q & (u8)15), zero), d);
    *high = FMUL(FSUB(wide_bytes(q >> (u8)4), zero), d);
#elif FORMAT == FORMAT_INT8
    float d = float_at(row);
    *low = FMUL(convert_float16(as_char16(vload16(0, row + 4 + i))), d);
    *high = FMUL(convert_float16(as_char16(vload16(1, row + 4 + i))), d);
#elif FORMAT == FORMAT_Q4_0
    GLOBAL const u8 *b = row + (i64)(i / 32) * 18;
    float d = half_at(b);
    uchar16 q = vload16(0, b + 2);
    *low = FMUL(FSUB(wide_bytes(q & (u8)15), 8.0f), d);
    *high = FMUL(FSUB(wide_bytes(q >> (u8)4), 8.0f), d);
#elif FORMAT == FORMAT_Q4_1
    GLOBAL const u8 *b = row + (i64)(i / 32) * 20;
    float d = half_at(b), m = half_at(b + 2);
    uchar16 q = vload16(0, b + 4);
    *low = FADD(FMUL(wide_bytes(q & (u8)15), d), m);
    *high = FADD(FMUL(wide_bytes(q >> (u8)4), d), m);
#elif FORMAT == FORMAT_Q5_0
    GLOBAL const u8 *b = row + (i64)(i / 32) * 22;
    float d = half_at(b);
    u32 h = word_at(b + 2);
    uchar16 q = vload16(0, b + 6);
    *low = FMUL(FSUB(wide_bytes((q & (u8)15) | fifth_bits(h)), 16.0f), d);
    *high = FMUL(FSUB(wide_bytes((q >> (u8)4) | fifth_bits(h >> 16)), 16.0f), d);
#elif FORMAT == FORMAT_Q5_1
    GLOBAL const u8 *b = row + (i64)(i / 32) * 24;
    float d = half_at(b), m = half_at(b + 2);
    u32 h = word_at(b + 4);
    uchar16 q = vload16(0, b + 8);
    *low = FADD(FMUL(wide_bytes((q & (u8)15) | fifth_bits(h)), d), m);
    *high = FADD(FMUL(wide_bytes((q >> (u8)4) | fifth_bits(h >> 16)), d), m);
#elif FORMAT == FORMAT_Q2_K
    GLOBAL const u8 *b = row + (i64)(i / 256) * 84;
    int j = i % 256;
    float d = half_at(b + 80), least = half_at(b + 82);
    int s = b[j / 16], t = b[j / 16 + 1];
    GLOBAL const u8 *codes = b + 16 + j / 128 * 32;
    u8 shift = (u8)(j / 32 % 4 * 2);
    *low = FSUB(FMUL(wide_bytes(vload16(0, codes) >> shift & (u8)3), FMUL(d, I2F(s & 15))), FMUL(least, I2F(s >> 4)));
    *high = FSUB(FMUL(wide_bytes(vload16(1, codes) >> shift & (u8)3), FMUL(d, I2F(t & 15))), FMUL(least, I2F(t >> 4)));
#elif FORMAT == FORMAT_Q3_K
    GLOBAL const u8 *b = row + (i64)(i / 256) * 110;
    int j = i % 256, g = j / 16;
    float d = half_at(b + 108);
    int s = (b[96 + g % 8] >> g / 8 * 4 & 15) | (b[104 + g % 4] >> g / 4 * 2 & 3) << 4;
    int t = (b[97 + g % 8] >> g / 8 * 4 & 15) | (b[105 + g % 4] >> g / 4 * 2 & 3) << 4;
    GLOBAL const u8 *codes = b + 32 + j / 128 * 32;
    u8 shift = (u8)(j / 32 % 4 * 2), third = (u8)(j / 32);
    uchar16 p = (vload16(0, codes) >> shift & (u8)3) | (vload16(0, b) >> third & (u8)1) << (u8)2;
    uchar16 q = (vload16(1, codes) >> shift & (u8)3) | (vload16(1, b) >> third & (u8)1) << (u8)2;
    *low = FMUL(FSUB(wide_bytes(p), 4.0f), FMUL(d, I2F(s - 32)));
    *high = FMUL(FSUB(wide_bytes(q), 4.0f), FMUL(d, I2F(t - 32)));
#elif FORMAT == FORMAT_Q4_K || FORMAT == FORMAT_Q5_K
    GLOBAL const u8 *b = row + (i64)(i / 256) * (FORMAT == FORMAT_Q4_K ? 144 : 176);
    int g = i % 256 / 32;
    float d = FMUL(half_at(b), I2F(k_scale(b + 4, g)));
    float least = FMUL(half_at(b + 2), I2F(k_minimum(b + 4, g)));
    GLOBAL const u8 *codes = b + (FORMAT == FORMAT_Q4_K ? 16 : 48) + g / 2 * 32;
    u8 shift = (u8)(g % 2 * 4);
    uchar16 p = vload16(0, codes) >> shift & (u8)15;
    uchar16 q = vload16(1, codes) >> shift & (u8)15;
#if FORMAT == FORMAT_Q5_K
    p |= (vload16(0, b + 16) >> (u8)g & (u8)1) << (u8)4;
    q |= (vload16(1, b + 16) >> (u8)g & (u8)1) << (u8)4;
#endif
    *low = FSUB(FMUL(wide_bytes(p), d), least);
    *high = FSUB(FMUL(wide_bytes(q), d), least);
#else /* FORMAT_Q6_K */
    GLOBAL const u8 *b = row + (i64)(i / 256) * 210;
    int j = i % 256;
    float d = half_at(b + 208);
    GLOBAL const u8 *codes = b + j / 128 * 64 + j % 64, *upper = b + 128 + j / 128 * 32;
    u8 shift = (u8)(j / 64 % 2 * 4), above = (u8)(j / 32 % 4 * 2);
    uchar16 p = (vload16(0, codes) >> shift & (u8)15) | (vload16(0, upper) >> above & (u8)3) << (u8)4;
    uchar16 q = (vload16(1, codes) >> shift & (u8)15) | (vload16(1, upper) >> above & (u8)3) << (u8)4;
    *low = FMUL(FSUB(wide_bytes(p), 32.0f), FMUL(d, I2F((int)(i8)b[192 + j / 16])));
    *high = FMUL(FSUB(wide_bytes(q), 32.0f), FMUL(d, I2F((int)(i8)b[193 + j / 16])));
#endif
}

/* Elements i to k − 1 of a row of k, fewer than 32, then zeros. Rows of quantized formats have none. */
FN void stored_rest(GLOBAL const u8 *row, int i, int k, float16 *low, float16 *high) {
    float elements[LANES];
    for (int j = 0; j < LANES; j++) {
        elements[j] = i + j < k ? decode(FORMAT, row, i + j) : 0.0f;
    }
    *low = vload16(0, elements);
    *high = vload16(1, elements);
}
