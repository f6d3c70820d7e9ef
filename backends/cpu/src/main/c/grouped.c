/*
 * Products with weights of 4 or 8 bits in groups of 32 (Q4_0, Q4_1, Q4_K, Q8_0), of up to 128 (INT4) or rows (INT8) by AVX-512's dot product of bf16
 * pairs; the layout is GroupPacking's, the twin in Java is GroupTiles. Shape: a panel of 64 outputs, an output in each lane, up to three rows over all of
 * it or six over half of it, sums in registers. A code u, or each half of one of 8 bits, is made the bf16 1 + u/16 by one operation on two codes at a
 * time, and multiplied by x rounded to bf16; a group's products are summed in float32 and meet its scale and minimum once. Traffic: codes and scales once
 * for six rows. A row's bits do not depend on how many rows there are. Limits: as attend.c.
 */
#include <stdint.h>

#pragma GCC target("avx512f,avx512bw,avx512vl,avx512bf16,prefer-vector-width=512")
#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))
#define AHEAD 6

#include "groups.h"

/*
 * Rounds rows of x, from first on, to bf16 and arranges each word's eight values as pairs (k + 4 + i, k + i), which is how codes lie in a word; with
 * codes of 8 bits each word's four as (k + 2 + i, k + i). x: [rows][inputs]; pairs: [rows][inputs / 2]; sums: [rows][inputs / 32] of what was rounded.
 */
void quire_arrange(int kind, int first, int rows, int inputs, const float *x, int *pairs, float *sums) {
    static const short order[32] = {4,  0,  5,  1,  6,  2,  7,  3,  12, 8,  13, 9,  14, 10, 15, 11,
                                    20, 16, 21, 17, 22, 18, 23, 19, 28, 24, 29, 25, 30, 26, 31, 27};
    static const short order_of_eight_bits[32] = {2,  0,  3,  1,  6,  4,  7,  5,  10, 8,  11, 9,  14, 12, 15, 13,
                                                  18, 16, 19, 17, 22, 20, 23, 21, 26, 24, 27, 25, 30, 28, 31, 29};
    __m512i index = _mm512_loadu_si512(kind == EIGHT_BITS || kind == EIGHT_BITS_BY_ROW ? order_of_eight_bits : order);
    __m512bh ones = (__m512bh)_mm512_set1_epi32(0x3f803f80);
    for (long g = (long)first * (inputs / GROUP); g < (long)(first + rows) * (inputs / GROUP); g++) {
        __m512bh v = _mm512_cvtne2ps_pbh(_mm512_loadu_ps(x + g * GROUP + 16), _mm512_loadu_ps(x + g * GROUP));
        _mm512_storeu_si512(pairs + g * INTS, _mm512_permutexvar_epi16(index, (__m512i)v));
        sums[g] = _mm512_reduce_add_ps(_mm512_dpbf16_ps(_mm512_setzero_ps(), v, ones));
    }
}

INLINE void multiply(const Kind kind, const int rows, const int vectors, int groups, int per_block, long block_bytes, const char *panel, int lane,
                     float zero, const int *x, const float *sums, float *y) {
    const __m512i mask = _mm512_set1_epi32(0x00780078);
    const __m512i one = _mm512_set1_epi32(0x3f803f80);
    const long minimums = 2 * WIDTH;
    const long integers = 4 * WIDTH;
    const long integer_minimums = integers + 8 * WIDTH;
    const long scale_bytes = kind == SCALES ? 2 * WIDTH : kind == SCALES_AND_MINIMUMS || kind == SCALES_AND_ZEROS ? 4 * WIDTH : 4 * WIDTH + 16 * WIDTH;
    __m512 sum[6][4];
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < vectors; u++) {
            sum[r][u] = _mm512_setzero_ps();
        }
    }
    const char *block = panel;
    for (int first = 0; first < groups; first += per_block, block += block_bytes) {
        const char *codes = block + scale_bytes + 4 * lane;
        for (int g = 0; g < per_block; g++, codes += STRIPE) {
            __m512 t[6][4];
            for (int u = 0; u < vectors; u++) {
                __m512 at_zero = _mm512_set1_ps(zero);
                if (kind == SCALES_AND_ZEROS) {
                    at_zero = _mm512_fmadd_ps(half(block + minimums + 2 * lane + 32 * u), _mm512_set1_ps(0.0625f), at_zero);
                }
                for (int r = 0; r < rows; r++) {
                    t[r][u] = _mm512_mul_ps(at_zero, _mm512_set1_ps(-sums[r * groups + first + g]));
                }
            }
#pragma GCC unroll 4
            for (int word = 0; word < 4; word++) {
                __m512i w[4];
                for (int u = 0; u < vectors; u++) {
                    w[u] = _mm512_loadu_si512(codes + WORDS * word + 64 * u);
                    _mm_prefetch(codes + AHEAD * STRIPE + WORDS * word + 64 * u, _MM_HINT_T0);
                }
#pragma GCC unroll 4
                for (int i = 0; i < 4; i++) {
                    __m512bh pair[4];
                    for (int u = 0; u < vectors; u++) {
                        pair[u] = (__m512bh)_mm512_ternarylogic_epi32(w[u], mask, one, 0xea);
                        w[u] = _mm512_rol_epi32(w[u], 4);
                    }
                    for (int r = 0; r < rows; r++) {
                        __m512bh p = (__m512bh)_mm512_set1_epi32(x[(r * groups + first + g) * INTS + 4 * word + i]);
                        for (int u = 0; u < vectors; u++) {
                            t[r][u] = _mm512_dpbf16_ps(t[r][u], pair[u], p);
                        }
                    }
                }
            }
            for (int u = 0; u < vectors; u++) {
                __m512 scale = _mm512_mul_ps(half(block + 2 * lane + 32 * u), _mm512_set1_ps(16));
                __m512 minimum = _mm512_setzero_ps();
                if (kind == SCALES_AND_MINIMUMS) {
                    minimum = half(block + minimums + 2 * lane + 32 * u);
                }
                if (kind == INTEGER_SCALES_AND_MINIMUMS) {
                    scale = _mm512_mul_ps(scale, whole(block + integers + WIDTH * g + lane + 16 * u));
                    minimum = _mm512_mul_ps(half(block + minimums + 2 * lane + 32 * u), whole(block + integer_minimums + WIDTH * g + lane + 16 * u));
                    minimum = _mm512_sub_ps(_mm512_setzero_ps(), minimum);
                }
                for (int r = 0; r < rows; r++) {
                    sum[r][u] = _mm512_fmadd_ps(scale, t[r][u], sum[r][u]);
                    if (kind == SCALES_AND_MINIMUMS || kind == INTEGER_SCALES_AND_MINIMUMS) {
                        sum[r][u] = _mm512_fmadd_ps(minimum, _mm512_set1_ps(sums[r * groups + first + g]), sum[r][u]);
                    }
                }
            }
        }
    }
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < vectors; u++) {
            _mm512_storeu_ps(y + r * WIDTH + lane + 16 * u, sum[r][u]);
        }
    }
}

/* Codes of 8 bits around 128: the sums over their upper and their lower halves are kept apart until the group ends, or with scales of rows until the row does. */
INLINE void multiply_eight(const int by_row, const int rows, const int vectors, int groups, long block_bytes, const char *panel, int lane, const int *x,
                           const float *sums, float *y) {
    const __m512i mask = _mm512_set1_epi32(0x00780078);
    const __m512i one = _mm512_set1_epi32(0x3f803f80);
    __m512 sum[6][4];
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < vectors; u++) {
            sum[r][u] = _mm512_setzero_ps();
        }
    }
    __m512 t[6][4][2];
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < vectors; u++) {
            t[r][u][0] = _mm512_setzero_ps();
            t[r][u][1] = _mm512_setzero_ps();
        }
    }
    const char *blocks = by_row ? panel + WORDS : panel + 2 * WIDTH;
    for (int g = 0; g < groups; g++) {
        const char *block = panel + g * block_bytes;
        const char *codes = blocks + g * block_bytes + 4 * lane;
        for (int r = 0; r < rows; r++) {
            __m512 start = _mm512_set1_ps(-1.5625f * sums[r * groups + g]); /* 256 + 16 + 128 of 256 */
            for (int u = 0; u < vectors; u++) {
                t[r][u][0] = by_row ? _mm512_add_ps(t[r][u][0], start) : start;
                t[r][u][1] = by_row ? t[r][u][1] : _mm512_setzero_ps();
            }
        }
        for (int word = 0; word < 8; word++) {
            __m512i w[4];
            for (int u = 0; u < vectors; u++) {
                w[u] = _mm512_loadu_si512(codes + WORDS * word + 64 * u);
                _mm_prefetch(codes + AHEAD * STRIPE + WORDS * word + 64 * u, _MM_HINT_T0);
            }
#pragma GCC unroll 4
            for (int i = 0; i < 4; i++) {
                __m512bh pair[4];
                for (int u = 0; u < vectors; u++) {
                    pair[u] = (__m512bh)_mm512_ternarylogic_epi32(w[u], mask, one, 0xea);
                    w[u] = _mm512_rol_epi32(w[u], 4);
                }
                for (int r = 0; r < rows; r++) {
                    __m512bh p = (__m512bh)_mm512_set1_epi32(x[(r * groups + g) * INTS + 2 * word + i / 2]);
                    for (int u = 0; u < vectors; u++) {
                        t[r][u][i % 2] = _mm512_dpbf16_ps(t[r][u][i % 2], pair[u], p);
                    }
                }
            }
        }
        for (int u = 0; u < vectors && !by_row; u++) {
            __m512 scale = _mm512_mul_ps(half(block + 2 * lane + 32 * u), _mm512_set1_ps(16));
            for (int r = 0; r < rows; r++) {
                __m512 whole_code = _mm512_fmadd_ps(t[r][u][0], _mm512_set1_ps(16), t[r][u][1]);
                sum[r][u] = _mm512_fmadd_ps(scale, whole_code, sum[r][u]);
            }
        }
    }
    for (int u = 0; u < vectors && by_row; u++) {
        __m512 scale = _mm512_mul_ps(_mm512_loadu_ps((const float *)panel + lane + 16 * u), _mm512_set1_ps(16));
        for (int r = 0; r < rows; r++) {
            sum[r][u] = _mm512_mul_ps(scale, _mm512_fmadd_ps(t[r][u][0], _mm512_set1_ps(16), t[r][u][1]));
        }
    }
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < vectors; u++) {
            _mm512_storeu_ps(y + r * WIDTH + lane + 16 * u, sum[r][u]);
        }
    }
}

INLINE void rows_of_eight(const int by_row, int rows, int groups, long block_bytes, const char *panel, const int *x, const float *sums, float *y) {
#define PART(n, vectors, lane) multiply_eight(by_row, n, vectors, groups, block_bytes, panel, lane, x, sums, y)
#define QUARTERS(n) \
    for (int lane = 0; lane < WIDTH; lane += 16) { \
        PART(n, 1, lane); \
    }
    switch (rows) {
    case 1: PART(1, 4, 0); break;
    case 2: PART(2, 2, 0); PART(2, 2, 32); break;
    case 3: PART(3, 2, 0); PART(3, 2, 32); break;
    case 4: QUARTERS(4) break;
    case 5: QUARTERS(5) break;
    default: QUARTERS(6) break;
    }
}

INLINE void rows_of(const Kind kind, int rows, int groups, int per_block, long block_bytes, const char *panel, float zero, const int *x, const float *sums,
                    float *y) {
#define ALL(n) multiply(kind, n, 4, groups, per_block, block_bytes, panel, 0, zero, x, sums, y)
#define HALVES(n) \
    multiply(kind, n, 2, groups, per_block, block_bytes, panel, 0, zero, x, sums, y); \
    multiply(kind, n, 2, groups, per_block, block_bytes, panel, WIDTH / 2, zero, x, sums, y)
    switch (rows) {
    case 1: ALL(1); break;
    case 2: ALL(2); break;
    case 3: ALL(3); break;
    case 4: HALVES(4); break;
    case 5: HALVES(5); break;
    default: HALVES(6); break;
    }
}

/*
 * y[rows][64] = x times the panel at a byte of packed, for rows of x from first on, as quire_arrange left them.
 * zero: what stands for a zero weight among the bf16 values, 1 + zero point / 16, 1 where groups have zero points; not read for 8 bits.
 */
void quire_grouped(int kind, int first, int rows, int inputs, const char *packed, int64_t panel, int64_t block_bytes, float zero, const int *pairs,
                   const float *sums, float *y) {
    int groups = inputs / GROUP;
    int end = first + rows;
    int blocks = (rows + 5) / 6;
    for (int row = first; row < end; blocks--) {
        int n = (end - row + blocks - 1) / blocks;
        const int *x = pairs + (long)row * groups * INTS;
        const float *s = sums + (long)row * groups;
        float *to = y + (row - first) * WIDTH;
        switch (kind) {
        case SCALES: rows_of(SCALES, n, groups, 1, block_bytes, packed + panel, zero, x, s, to); break;
        case SCALES_AND_MINIMUMS: rows_of(SCALES_AND_MINIMUMS, n, groups, 1, block_bytes, packed + panel, zero, x, s, to); break;
        case EIGHT_BITS: rows_of_eight(0, n, groups, block_bytes, packed + panel, x, s, to); break;
        case EIGHT_BITS_BY_ROW: rows_of_eight(1, n, groups, block_bytes, packed + panel, x, s, to); break;
        case SCALES_AND_ZEROS:
            rows_of(SCALES_AND_ZEROS, n, groups, (int)(block_bytes / STRIPE), block_bytes, packed + panel, zero, x, s, to);
            break;
        default: rows_of(INTEGER_SCALES_AND_MINIMUMS, n, groups, 8, block_bytes, packed + panel, zero, x, s, to); break;
        }
        row += n;
    }
}
