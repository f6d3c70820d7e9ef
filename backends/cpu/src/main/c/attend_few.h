/*
 * Attention of one query's rows, four at most, over one segment of bf16 pages in float32 vectors: what attend_tiles.c does for more, with its bits, for tiles
 * of so few rows are loaded for longer than they are multiplied. Shape: 32 tokens of keys, or 32 elements of values, at a time; the product of two bf16 is
 * exact in float32, and a tile's step adds the even and the odd products of up to 16 pairs each in a chain of its own, then both to what was there. Subnormals
 * must count as zero. Calls nothing.
 */
#ifndef QUIRE_ATTEND_FEW_H
#define QUIRE_ATTEND_FEW_H

#include "segment.h"

#define FEW 4
#define MOST_PAIRS 128
#define HIGH ((int)0xffff0000)
#define BLOCK 32

/* The first and the second of 16 pairs of bf16. */
INLINE __m512 first_of(__m512i pairs) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16));
}

INLINE __m512 second_of(__m512i pairs) {
    return _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32(HIGH)));
}

/* Pairs of rows, apart: out[parity][row][pair]; count: a multiple of 16. */
INLINE void part(const int rows, int count, const int *pairs, long stride, float out[2][FEW][MOST_PAIRS]) {
    for (int r = 0; r < rows; r++) {
        for (int i = 0; i < count; i += 16) {
            __m512i both = _mm512_loadu_si512(pairs + r * stride + i);
            _mm512_storeu_ps(out[0][r] + i, first_of(both));
            _mm512_storeu_ps(out[1][r] + i, second_of(both));
        }
    }
}

/* Scores of rows against two pages, in steps of `deep` pairs. */
INLINE void score_two(const int rows, const char *left, const char *right, int steps, int deep, float q[2][FEW][MOST_PAIRS], float scale, float *s,
                      Ahead *ahead) {
    __m512 sum[FEW][2];
    for (int r = 0; r < rows; r++) {
        sum[r][0] = sum[r][1] = _mm512_setzero_ps();
    }
    for (int step = 0, i = 0; step < steps; step++) {
        __m512 chain[2][FEW][2];
        for (int r = 0; r < rows; r++) {
            chain[0][r][0] = chain[0][r][1] = chain[1][r][0] = chain[1][r][1] = _mm512_setzero_ps();
        }
        for (int end = i + deep; i < end; i++) {
            __m512i k[2] = {_mm512_loadu_si512(left + LINE * i), _mm512_loadu_si512(right + LINE * i)};
            ask(ahead, 2);
            for (int u = 0; u < 2; u++) {
                __m512 first = first_of(k[u]);
                __m512 second = second_of(k[u]);
                for (int r = 0; r < rows; r++) {
                    chain[0][r][u] = _mm512_fmadd_ps(first, _mm512_set1_ps(q[0][r][i]), chain[0][r][u]);
                    chain[1][r][u] = _mm512_fmadd_ps(second, _mm512_set1_ps(q[1][r][i]), chain[1][r][u]);
                }
            }
        }
        for (int r = 0; r < rows; r++) {
            for (int u = 0; u < 2; u++) {
                sum[r][u] = _mm512_add_ps(sum[r][u], _mm512_add_ps(chain[0][r][u], chain[1][r][u]));
            }
        }
    }
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < 2; u++) {
            _mm512_storeu_ps(s + r * SEGMENT + PAGE * u, _mm512_mul_ps(sum[r][u], _mm512_set1_ps(scale)));
        }
    }
}

INLINE void score_few(const int rows, const Tile *tile, int deep, float scale, const char *keys, const int64_t *page, Ahead *ahead) {
    float q[2][FEW][MOST_PAIRS];
    int pairs = (tile->size + 1) / 2;
    int stride = padded(tile->size) / 2;
    part(rows, stride, tile->q, stride, q);
    for (int t = tile->lowest & -BLOCK; t < tile->highest; t += BLOCK) {
        int j = t / PAGE;
        score_two(rows, keys + page[j], keys + page[j + 1], pairs / deep, deep, q, scale, tile->s + t, ahead);
    }
}

/* Adds 32 tokens from `block` on, of which those from lowest to highest - 1 count, to 32 elements of each row. at: the panel in each of the two pages. */
INLINE void add_block(const int rows, const int whole, const char *const at[2], int block, int lowest, int highest, float p[2][FEW][MOST_PAIRS],
                      __m512 sum[FEW][2], Ahead *ahead) {
    __m512 chain[2][FEW][2];
    for (int r = 0; r < rows; r++) {
        chain[0][r][0] = chain[0][r][1] = chain[1][r][0] = chain[1][r][1] = _mm512_setzero_ps();
    }
    for (int i = 0; i < BLOCK; i += 2) {
        ask(ahead, 2);
        for (int odd = 0; odd < 2; odd++) {
            int t = block + i + odd;
            __mmask16 inside = whole || (t >= lowest && t < highest) ? 0xffff : 0;
            __m512i v = _mm512_maskz_loadu_epi32(inside, at[i / PAGE] + LINE * (i % PAGE + odd));
            __m512 first = first_of(v);
            __m512 second = second_of(v);
            for (int r = 0; r < rows; r++) {
                __m512 weight = _mm512_set1_ps(p[odd][r][i / 2]);
                chain[odd][r][0] = _mm512_fmadd_ps(weight, first, chain[odd][r][0]);
                chain[odd][r][1] = _mm512_fmadd_ps(weight, second, chain[odd][r][1]);
            }
        }
    }
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < 2; u++) {
            sum[r][u] = _mm512_add_ps(sum[r][u], _mm512_add_ps(chain[0][r][u], chain[1][r][u]));
        }
    }
}

INLINE void add_few(const int rows, const Tile *tile, const char *values, const int64_t *page, float *out, Ahead *ahead) {
    int width = padded(tile->size);
    int lowest = tile->lowest;
    int highest = tile->highest;
    for (int d = 0; d < width; d += BLOCK) {
        __m512 sum[FEW][2];
        for (int r = 0; r < rows; r++) {
            sum[r][0] = sum[r][1] = _mm512_setzero_ps();
        }
        for (int block = lowest & -BLOCK; block < highest; block += BLOCK) {
            float p[2][FEW][MOST_PAIRS];
            part(rows, BLOCK / 2, (const int *)tile->s + block / 2, SEGMENT, p);
            const char *const at[2] = {values + page[block / PAGE] + d / BLOCK * PAGE * LINE, values + page[block / PAGE + 1] + d / BLOCK * PAGE * LINE};
            if (block >= lowest && block + BLOCK <= highest) {
                add_block(rows, 1, at, block, lowest, highest, p, sum, ahead);
            } else {
                add_block(rows, 0, at, block, lowest, highest, p, sum, ahead);
            }
        }
        for (int r = 0; r < rows; r++) {
            _mm512_storeu_ps(out + r * width + d, sum[r][0]);
            _mm512_storeu_ps(out + r * width + d + 16, sum[r][1]);
        }
    }
}

#endif
