/*
 * Softmax over one segment of scores, between scores and values of attend.c and attend_tiles.c; the twin in Java is SegmentSoftmax. Shape: a row after the
 * other, 32 scores at a time. Traffic: scores twice, in the cache where they were left; weights go over the first half of their row. Numerics: powers of two
 * by a polynomial of degree four, within 2^-18 of a weight, far below what rounding it to bf16 takes away; sums of rounded weights in 32 lanes.
 */
#ifndef QUIRE_SOFTMAX_H
#define QUIRE_SOFTMAX_H

#include "segment.h"

#define LANES 16
#define STEP 32
#define SMALLEST -126.0f /* the smallest exponent of a normal number: smaller ones cost the processor a hundred times as long */

/* 2^x: 2^n times a polynomial in what rounding to n leaves, whose coefficients make its largest relative error the least (Remez). */
INLINE __m512 power(__m512 x) {
    x = _mm512_max_ps(_mm512_set1_ps(SMALLEST), x); /* the second argument where one is not a number */
    __m512 n = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m512 r = _mm512_sub_ps(x, n);
    __m512 y = _mm512_set1_ps(0x1.3997d6p-7f);
    y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(0x1.ca1440p-5f));
    y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(0x1.ec06dap-3f));
    y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(0x1.62e0dcp-1f));
    y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(0x1.ffffe8p-1f));
    return _mm512_scalef_ps(y, n);
}

/* Which of the 32 tokens from t on a row sees. */
INLINE uint32_t seen(int t, int from, int to) {
    uint32_t above = from <= t ? ~0u : ~0u << (from - t);
    uint32_t below = to >= t + STEP ? ~0u : ~0u >> (t + STEP - to);
    return above & below;
}

/* Weights of the 32 tokens whose scores are in s: 2^(factor * s + shift), rounded to bf16; their sums go to even and odd. */
INLINE __m512i weights(const float *s, __m512 factor, __m512 shift, uint32_t inside, __m512 *even, __m512 *odd) {
    __m512 low = power(_mm512_fmadd_ps(factor, _mm512_loadu_ps(s), shift));
    __m512 high = power(_mm512_fmadd_ps(factor, _mm512_loadu_ps(s + LANES), shift));
    __m512i pairs = (__m512i)_mm512_cvtne2ps_pbh(high, low);
    if (inside != ~0u) {
        pairs = _mm512_maskz_mov_epi16(inside, pairs);
    }
    *even = _mm512_add_ps(*even, _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16)));
    *odd = _mm512_add_ps(*odd, _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32((int)0xffff0000))));
    return pairs;
}

/*
 * s[rows][512], of which row r sees the tokens from from[r] to to[r] - 1, becomes exp(scale * (s - max)) as bf16 from the row's beginning on, and zero for the
 * other tokens of all blocks of 32 of which some row sees something. max[rows] is the largest scale * s, sum[rows] that of the weights; rows that see nothing
 * have neither. scale: above zero.
 */
INLINE void weigh(const Tile *tile, float scale, const int *from, const int *to, float *max, float *sum) {
    __m512 factor = _mm512_set1_ps(scale * 0x1.715476p+0f);
    int lowest = tile->lowest;
    int highest = tile->highest;
    float *s = tile->s;
    for (int r = 0; r < tile->rows; r++, s += SEGMENT) {
        int seen_some = from[r] < to[r];
        int first = seen_some ? from[r] & -STEP : highest;
        int end = seen_some ? (to[r] + STEP - 1) & -STEP : lowest;
        int *pairs = (int *)s;
        for (int t = lowest & -STEP; t < first && t < highest; t += STEP) {
            _mm512_storeu_si512(pairs + t / 2, _mm512_setzero_si512());
        }
        if (!seen_some) {
            continue;
        }
        __m512 a = _mm512_set1_ps(-__builtin_inff());
        __m512 b = a;
        for (int t = first; t < end; t += STEP) {
            __m512 low = _mm512_loadu_ps(s + t);
            __m512 high = _mm512_loadu_ps(s + t + LANES);
            if (t >= from[r] && t + STEP <= to[r]) {
                a = _mm512_max_ps(low, a); /* the second argument where one is not a number */
                b = _mm512_max_ps(high, b);
            } else {
                uint32_t inside = seen(t, from[r], to[r]);
                a = _mm512_mask_max_ps(a, (__mmask16)inside, low, a);
                b = _mm512_mask_max_ps(b, (__mmask16)(inside >> LANES), high, b);
            }
        }
        float top = _mm512_reduce_max_ps(_mm512_max_ps(a, b));
        __m512 shift = _mm512_mul_ps(_mm512_set1_ps(-top), factor);
        a = b = _mm512_setzero_ps();
        for (int t = first; t < end; t += STEP) {
            uint32_t inside = t >= from[r] && t + STEP <= to[r] ? ~0u : seen(t, from[r], to[r]);
            _mm512_storeu_si512(pairs + t / 2, weights(s + t, factor, shift, inside, &a, &b));
        }
        for (int t = end; t < highest; t += STEP) {
            _mm512_storeu_si512(pairs + t / 2, _mm512_setzero_si512());
        }
        max[r] = top * scale;
        sum[r] = _mm512_reduce_add_ps(_mm512_add_ps(a, b));
    }
}

#endif
