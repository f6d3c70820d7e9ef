/* Stored matrices on their way to tensor cores, decoded in registers (RULES, W1): 16 columns of y, rows of w, by a chunk of K. A lane holds rows
 * i / 4 and i / 4 + 8. Which k an element of a fragment has does not matter as long as w and x agree, so a lane takes neighbours: of each 32, words
 * 8 (i % 4) to + 7, or what a byte of codes gives. Codes are small integers and so exact in bf16; scales multiply float32 sums of a group. */
#include "decode.h"
#include "tensor.h"

#if FORMAT == FORMAT_Q4_K
#define GROUPS_PER_CHUNK 2 /* of 32 elements: the lower and upper halves of the same bytes */
#elif FORMAT == FORMAT_Q6_K
#define GROUPS_PER_CHUNK 4 /* half a block, whose groups share bytes of upper bits */
#else
#define GROUPS_PER_CHUNK 1
#endif
/* Elements that share a scale and a zero point in the formats of AWQ and GPTQ; 0 in all others. */
#define INT4_GROUP (FORMAT == FORMAT_INT4_G32 ? 32 : FORMAT == FORMAT_INT4_G64 ? 64 : FORMAT == FORMAT_INT4_G128 ? 128 : 0)
#define CHUNK (32 * GROUPS_PER_CHUNK)
#define SCALED (FORMAT != FORMAT_BF16)
#define OFFSET_BY_MINIMUM (FORMAT == FORMAT_Q4_1 || FORMAT == FORMAT_Q4_K)
/* A lane has four neighbours of each half of 32: a byte has elements j and j + 16, or halves have scales of their own. */
#define HALVES_APART (FORMAT == FORMAT_Q4_0 || FORMAT == FORMAT_Q4_1 || FORMAT == FORMAT_Q6_K || INT4_GROUP > 0)

/* What two rows have of a chunk, as it lies in memory. */
struct Chunk {
    u32 codes[2][4];
#if FORMAT == FORMAT_Q4_K
    u32 head[2][4]; /* d, the minimum's d, and packed 6-bit scales */
#elif FORMAT == FORMAT_Q6_K
    u32 upper[2][2]; /* two bits of each group in a byte; the codes have four of groups 0 and 2, and behind these of 1 and 3 */
    u32 head[2][3];  /* eight scales, d */
#elif FORMAT != FORMAT_BF16
    u32 head[2][1];
#endif
};

FN u32 two_bytes(const u8 *b) {
    return *(const u16 *)b;
}

FN u32 four_bytes(const u8 *b) {
    return two_bytes(b) | two_bytes(b + 2) << 16;
}

FN void load_chunk(Chunk &to, const u8 *const (&rows)[2], int chunk) {
    int part = LID % 4;
#pragma unroll
    for (int r = 0; r < 2; r++) {
#if FORMAT == FORMAT_BF16
        load_once(to.codes[r], rows[r] + (i64)chunk * 64 + 16 * part);
#elif FORMAT == FORMAT_Q8_0
        const u8 *b = rows[r] + (i64)chunk * 34;
        to.head[r][0] = two_bytes(b);
        to.codes[r][0] = four_bytes(b + 2 + 8 * part);
        to.codes[r][1] = four_bytes(b + 6 + 8 * part);
#elif FORMAT == FORMAT_INT4_G32 || FORMAT == FORMAT_INT4_G64 || FORMAT == FORMAT_INT4_G128
        const u8 *b = rows[r] + (i64)(chunk / (INT4_GROUP / 32)) * (4 + INT4_GROUP / 2);
        to.head[r][0] = *(const u32 *)b;
        to.codes[r][0] = *(const u32 *)(b + 4 + chunk % (INT4_GROUP / 32) * 16 + 4 * part);
#elif FORMAT == FORMAT_INT8
        const u8 *b = rows[r] + 4 + (i64)chunk * 32 + 8 * part;
        to.head[r][0] = *(const u32 *)rows[r]; /* the row's scale */
        to.codes[r][0] = *(const u32 *)b;
        to.codes[r][1] = *(const u32 *)(b + 4);
#elif FORMAT == FORMAT_Q4_0
        const u8 *b = rows[r] + (i64)chunk * 18;
        to.head[r][0] = two_bytes(b);
        to.codes[r][0] = four_bytes(b + 2 + 4 * part);
#elif FORMAT == FORMAT_Q4_1
        const u8 *b = rows[r] + (i64)chunk * 20;
        to.head[r][0] = four_bytes(b);
        to.codes[r][0] = four_bytes(b + 4 + 4 * part);
#elif FORMAT == FORMAT_Q4_K
        const u8 *b = rows[r] + (i64)(chunk / 4) * 144;
        load_again(to.head[r], b);
        load_again(to.codes[r][0], to.codes[r][1], b + 16 + chunk % 4 * 32 + 8 * part);
#elif FORMAT == FORMAT_Q6_K
        const u8 *b = rows[r] + (i64)(chunk / 2) * 210;
        int half = chunk % 2;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            to.codes[r][i] = four_bytes(b + 64 * half + 16 * i + 4 * part);
        }
#pragma unroll
        for (int i = 0; i < 2; i++) {
            to.upper[r][i] = four_bytes(b + 128 + 32 * half + 16 * i + 4 * part);
            to.head[r][i] = four_bytes(b + 192 + 8 * half + 4 * i);
        }
        to.head[r][2] = two_bytes(b + 208);
#endif
    }
}

/* Four bytes of 0 to 127 as pairs of bf16, less `less`: 0x4300 is 128, whose last place is 1. */
FN void byte_pairs(u32 &first, u32 &second, u32 bytes, u32 minus) {
    first = add_pairs(0x43004300u | (bytes & 0xffu) | (bytes & 0xff00u) << 8, minus);
    second = add_pairs(0x43004300u | (bytes >> 16 & 0xffu) | (bytes >> 24) << 16, minus);
}

#define MINUS_128 0xc300c300u
#define MINUS_136 0xc308c308u
#define MINUS_160 0xc320c320u

/* Two signed bytes as a pair of bf16: eight bits take a float32's way, the upper half of which is exact. */
FN u32 signed_pair(u32 bytes) {
    float low = FSUB(FLT((int)(0x4b000000u | ((bytes & 0xffu) ^ 0x80u))), 8388736.0f);
    float high = FSUB(FLT((int)(0x4b000000u | ((bytes >> 8 & 0xffu) ^ 0x80u))), 8388736.0f);
    return (u32)BITS(low) >> 16 | ((u32)BITS(high) & 0xffff0000u);
}

/* The fragments of a group's two products, from rows' codes in order: pairs[r][i] are elements 2i and 2i + 1 of a lane. */
FN void group_fragments(u32 (&a)[2][4], const Chunk &from, int group) {
#pragma unroll
    for (int r = 0; r < 2; r++) {
        u32 pairs[4];
#if FORMAT == FORMAT_BF16
#pragma unroll
        for (int i = 0; i < 4; i++) {
            pairs[i] = from.codes[r][i];
        }
#elif FORMAT == FORMAT_Q8_0 || FORMAT == FORMAT_INT8
#pragma unroll
        for (int i = 0; i < 4; i++) {
            pairs[i] = signed_pair(from.codes[r][i / 2] >> 16 * (i % 2));
        }
#elif FORMAT == FORMAT_Q4_0 || FORMAT == FORMAT_Q4_1
        u32 minus = FORMAT == FORMAT_Q4_0 ? MINUS_136 : MINUS_128;
        byte_pairs(pairs[0], pairs[1], from.codes[r][0] & 0x0f0f0f0fu, minus);
        byte_pairs(pairs[2], pairs[3], from.codes[r][0] >> 4 & 0x0f0f0f0fu, minus);
#elif FORMAT == FORMAT_INT4_G32 || FORMAT == FORMAT_INT4_G64 || FORMAT == FORMAT_INT4_G128
        u32 zero = (u32)(int)f16_float(from.head[r][0] >> 16); /* 0 to 16 */
        u32 minus = MINUS_128 | zero | zero << 16;
        byte_pairs(pairs[0], pairs[1], from.codes[r][0] & 0x0f0f0f0fu, minus);
        byte_pairs(pairs[2], pairs[3], from.codes[r][0] >> 4 & 0x0f0f0f0fu, minus);
#elif FORMAT == FORMAT_Q4_K
        byte_pairs(pairs[0], pairs[1], from.codes[r][0] >> 4 * group & 0x0f0f0f0fu, MINUS_128);
        byte_pairs(pairs[2], pairs[3], from.codes[r][1] >> 4 * group & 0x0f0f0f0fu, MINUS_128);
#elif FORMAT == FORMAT_Q6_K
#pragma unroll
        for (int i = 0; i < 2; i++) {
            u32 lower = from.codes[r][group % 2 * 2 + i] >> group / 2 * 4 & 0x0f0f0f0fu;
            byte_pairs(pairs[2 * i], pairs[2 * i + 1], lower | (from.upper[r][i] >> 2 * group & 0x03030303u) << 4, MINUS_160);
        }
#endif
        a[0][r] = pairs[0];
        a[0][2 + r] = pairs[1];
        a[1][r] = pairs[2];
        a[1][2 + r] = pairs[3];
    }
}

/* A row of x, in bf16, for a group's two products, in the order of `group_fragments`. */
FN void x_fragments(u32 (&b)[4], const u16 *row, int k) {
    int part = LID % 4;
#if HALVES_APART
    load_again(b[0], b[1], row + k + 4 * part);
    load_again(b[2], b[3], row + k + 16 + 4 * part);
#else
    load_again(b, row + k + 8 * part);
#endif
}

/* The same of a row that is not rounded yet. */
FN void x_fragments(u32 (&b)[4], const float *row, int k) {
    int part = LID % 4;
    u32 x[2][4];
    load_again(x[0], row + k + (HALVES_APART ? 4 * part : 8 * part));
    load_again(x[1], row + k + (HALVES_APART ? 16 + 4 * part : 8 * part + 4));
#pragma unroll
    for (int i = 0; i < 4; i++) {
        b[i] = pack_bf16(FLT((int)x[i / 2][i % 2 * 2]), FLT((int)x[i / 2][i % 2 * 2 + 1]));
    }
}

#if FORMAT == FORMAT_Q6_K
/* What the sums of a half of a group are multiplied by. */
FN void half_scales(float (&scales)[2], const Chunk &from, int group, int half) {
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int scale = (i8)(from.head[r][group / 2] >> (group % 2 * 16 + 8 * half));
        scales[r] = FMUL(f16_float(from.head[r][2]), I2F(scale));
    }
}
#endif

/* What the sums of a group are multiplied by, and what of the sum of x goes off. */
FN void group_scales(float (&scales)[2], float (&minima)[2], const Chunk &from, int chunk, int group) {
#pragma unroll
    for (int r = 0; r < 2; r++) {
        scales[r] = 1.0f;
        minima[r] = 0.0f;
#if FORMAT == FORMAT_INT8
        scales[r] = FLT((int)from.head[r][0]);
#elif SCALED && FORMAT != FORMAT_Q6_K
        scales[r] = f16_float(from.head[r][0] & 0xffffu);
#endif
#if FORMAT == FORMAT_Q4_1
        minima[r] = -f16_float(from.head[r][0] >> 16);
#elif FORMAT == FORMAT_Q4_K
        int g = chunk % 4 * 2 + group, shift = g % 4 * 8;
        u32 low = from.head[r][1] >> shift, high = from.head[r][2] >> shift, both = from.head[r][3] >> shift;
        u32 scale = g < 4 ? low & 63u : (both & 15u) | (low >> 6 & 3u) << 4;
        u32 minimum = g < 4 ? high & 63u : (both >> 4 & 15u) | (high >> 6 & 3u) << 4;
        scales[r] = FMUL(scales[r], I2F((int)scale));
        minima[r] = FMUL(f16_float(from.head[r][0] >> 16), I2F((int)minimum));
#endif
    }
}

/* Sums of a group's x for each lane's two rows of COUNT tiles, where minima go off: products with ones, which are the same for all columns. */
template <int COUNT>
FN void x_sums(float (&sums)[COUNT][2], const u32 (&x)[COUNT][4]) {
#if OFFSET_BY_MINIMUM
    const u32 ones[4] = {0x3f803f80u, 0x3f803f80u, 0x3f803f80u, 0x3f803f80u};
#pragma unroll
    for (int n = 0; n < COUNT; n++) {
        float sum[4] = {0.0f, 0.0f, 0.0f, 0.0f};
        multiply_bf16(sum, ones, x[n][0], x[n][1]);
        multiply_bf16(sum, ones, x[n][2], x[n][3]);
        sums[n][0] = sum[0];
        sums[n][1] = sum[1];
    }
#endif
}

/* sums of 16 columns and COUNT tiles of 8 rows += a group of w · x. */
template <int COUNT>
FN void multiply_group(float (&sums)[COUNT][4], const u32 (&x)[COUNT][4], const float (&of_x)[COUNT][2], const Chunk &w, int chunk,
                       int group) {
    u32 a[2][4];
    group_fragments(a, w, group);
#if FORMAT != FORMAT_Q6_K
    float scales[2], minima[2];
    group_scales(scales, minima, w, chunk, group);
#endif
#pragma unroll
    for (int n = 0; n < COUNT; n++) {
#if FORMAT == FORMAT_Q6_K
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float dots[4] = {0.0f, 0.0f, 0.0f, 0.0f}, of_half[2];
            half_scales(of_half, w, group, half);
            multiply_bf16(dots, a[half], x[n][2 * half], x[n][2 * half + 1]);
#pragma unroll
            for (int e = 0; e < 4; e++) {
                sums[n][e] = FMA(of_half[e / 2], dots[e], sums[n][e]);
            }
        }
#elif SCALED
        float dots[4] = {0.0f, 0.0f, 0.0f, 0.0f};
        multiply_bf16(dots, a[0], x[n][0], x[n][1]);
        multiply_bf16(dots, a[1], x[n][2], x[n][3]);
#pragma unroll
        for (int e = 0; e < 4; e++) {
            sums[n][e] = FMA(scales[e / 2], dots[e], sums[n][e]);
#if OFFSET_BY_MINIMUM
            sums[n][e] = FMA(-minima[e / 2], of_x[n][e % 2], sums[n][e]);
#endif
        }
#else
        multiply_bf16(sums[n], a[0], x[n][0], x[n][1]);
        multiply_bf16(sums[n], a[1], x[n][2], x[n][3]);
#endif
    }
}
