/*
 * Softmax over one segment of scores, between the two halves of attend.c and attend_tiles.c; the twin in Java is SegmentSoftmax. Shape: a row after the
 * other, 32 scores at a time. Traffic: scores twice, in the cache where they were left. Numerics: exp by a polynomial of degree six within two units in the
 * last place, far below what rounding its result to bf16 takes away; sums of rounded weights in 32 lanes.
 */
#include "curves.h"

#define SEGMENT 512
#define LANES 16
#define STEP 32

INLINE __m512 rounded(__m512 x) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(x)), 16));
}

/* Lanes of the 16 tokens from t on that a row sees. */
INLINE __mmask16 seen(int t, int from, int to) {
    uint32_t above = from <= t ? 0xffff : from >= t + LANES ? 0 : 0xffffu << (from - t);
    uint32_t below = to >= t + LANES ? 0xffff : to <= t ? 0 : 0xffffu >> (t + LANES - to);
    return (__mmask16)(above & below);
}

/*
 * s[rows][512] from from[r] to to[r] - 1 becomes exp(s - max), rounded to bf16, and zero in the rest of the 32 tokens in which they begin and end; max and
 * sum: [rows]. Rows that see nothing stay as they are.
 */
void quire_weigh(int rows, const int *from, const int *to, float *s, float *max, float *sum) {
    for (int r = 0; r < rows; r++, s += SEGMENT) {
        if (from[r] >= to[r]) {
            continue;
        }
        int first = from[r] & -STEP;
        int end = (to[r] + STEP - 1) & -STEP;
        __m512 a = _mm512_set1_ps(-__builtin_inff());
        __m512 b = a;
        for (int t = first; t < end; t += STEP) {
            a = _mm512_mask_max_ps(a, seen(t, from[r], to[r]), _mm512_loadu_ps(s + t), a);
            b = _mm512_mask_max_ps(b, seen(t + LANES, from[r], to[r]), _mm512_loadu_ps(s + t + LANES), b);
        }
        max[r] = _mm512_reduce_max_ps(_mm512_max_ps(a, b));
        __m512 top = _mm512_set1_ps(max[r]);
        a = b = _mm512_setzero_ps();
        for (int t = first; t < end; t += STEP) {
            __m512 p = rounded(exponential(_mm512_sub_ps(_mm512_loadu_ps(s + t), top)));
            __m512 q = rounded(exponential(_mm512_sub_ps(_mm512_loadu_ps(s + t + LANES), top)));
            p = _mm512_maskz_mov_ps(seen(t, from[r], to[r]), p);
            q = _mm512_maskz_mov_ps(seen(t + LANES, from[r], to[r]), q);
            a = _mm512_add_ps(a, p);
            b = _mm512_add_ps(b, q);
            _mm512_storeu_ps(s + t, p);
            _mm512_storeu_ps(s + t + LANES, q);
        }
        sum[r] = _mm512_reduce_add_ps(_mm512_add_ps(a, b));
    }
}
