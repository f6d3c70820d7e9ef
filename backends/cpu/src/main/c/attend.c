/*
 * Attention over one segment of bf16 pages with AVX-512's dot product of bf16 pairs; the layout is PagedKvPool's, the twin in Java is Bf16Scores and
 * Bf16Values. Shape: up to six rows at a time meet a chunk of 64 tokens, their sums in 24 registers, nothing crosses lanes. Traffic: segment.h. Numerics: two
 * exact products are added to a float32 sum in one instruction that takes subnormals for zero, so these are FAST's bits and not the canonical order's. A row's
 * sums depend on its own tokens alone. Limits: x86-64 Linux; quire_serves() says whether the processor has the instructions. Calls nothing.
 */
#include <stdint.h>

int quire_serves(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("bmi2");
}

#include "softmax.h"

#define MOST_ROWS 6

/* Runs CALL(n) with n a constant, so that sums stay in registers. */
#define FOR_ROWS(n, CALL) \
    switch (n) { \
    case 1: CALL(1); break; \
    case 2: CALL(2); break; \
    case 3: CALL(3); break; \
    case 4: CALL(4); break; \
    case 5: CALL(5); break; \
    default: CALL(6); break; \
    }

/* Scores of rows against the 64 tokens of four pages. */
INLINE void score(const int rows, const char *const page[4], int pairs, const int *q, int stride, float scale, float *s, Ahead *ahead) {
    __m512 sum[MOST_ROWS][4];
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < 4; u++) {
            sum[r][u] = _mm512_setzero_ps();
        }
    }
    for (int i = 0; i < pairs; i++) {
        __m512bh k[4];
        for (int u = 0; u < 4; u++) {
            k[u] = (__m512bh)_mm512_loadu_si512(page[u] + LINE * i);
        }
        ask(ahead, 4);
        for (int r = 0; r < rows; r++) {
            __m512bh pair = (__m512bh)_mm512_set1_epi32(q[r * stride + i]);
            for (int u = 0; u < 4; u++) {
                sum[r][u] = _mm512_dpbf16_ps(sum[r][u], k[u], pair);
            }
        }
    }
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < 4; u++) {
            _mm512_storeu_ps(s + r * SEGMENT + 16 * u, _mm512_mul_ps(sum[r][u], _mm512_set1_ps(scale)));
        }
    }
}

/* Scores of all rows for the chunks that they see something of. page: byte of each page of keys. */
INLINE void score_all(const Tile *tile, float scale, const char *keys, const int64_t *page, const int *from, const int *to, Ahead *ahead) {
    int pairs = (tile->size + 1) / 2;
    int stride = padded(tile->size) / 2;
    for (int t = tile->lowest & -CHUNK; t < tile->highest; t += CHUNK) {
        const char *now[4];
        for (int u = 0; u < 4; u++) {
            now[u] = keys + page[t / PAGE + u];
        }
        for (int r = 0; r < tile->rows; r += MOST_ROWS) {
            int n = least(MOST_ROWS, tile->rows - r);
            int seen = 0;
            for (int i = r; i < r + n; i++) {
                seen |= from[i] < t + CHUNK && to[i] > t;
            }
            if (seen) {
#define CALL(n) score(n, now, pairs, tile->q + r * stride, stride, scale, tile->s + r * SEGMENT + t, ahead)
                FOR_ROWS(n, CALL)
#undef CALL
            }
        }
    }
}

/*
 * Adds the tokens from begin to end - 1, two at a time; where a pair begins before or ends after them, its other token counts as zeros, whatever lies
 * there. p: [rows][512], pairs of weights from token 0 on; x: byte of the first panel; vectors: 1 or 2 panels.
 */
INLINE void add(const int rows, const int vectors, const char *values, const int64_t *page, long x, int begin, int end, const int *p, float *out, int stride,
                Ahead *ahead) {
    __m512 sum[MOST_ROWS][4];
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < 2 * vectors; u++) {
            sum[r][u] = _mm512_loadu_ps(out + r * stride + 16 * u);
        }
    }
    for (int t = begin & ~1; t < end;) {
        int stop = least(end, (t | (PAGE - 1)) + 1);
        const char *at = values + page[t / PAGE] + x + t % PAGE * LINE;
        for (; t < stop; t += 2, at += 2 * LINE) {
            ask(ahead, 2 * vectors);
            __mmask16 first = t >= begin ? 0xffff : 0;
            __mmask16 second = t + 1 < end ? 0xffff : 0;
            __m512bh pair[4];
            for (int u = 0; u < vectors; u++) {
                __m512i a = _mm512_maskz_loadu_epi32(first, at + PAGE * LINE * u);
                __m512i b = _mm512_maskz_loadu_epi32(second, at + PAGE * LINE * u + LINE);
                pair[2 * u] = (__m512bh)_mm512_mask_blend_epi16(0xaaaaaaaa, a, _mm512_slli_epi32(b, 16));
                pair[2 * u + 1] = (__m512bh)_mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(a, 16), b);
            }
            for (int r = 0; r < rows; r++) {
                __m512bh w = (__m512bh)_mm512_set1_epi32(p[r * SEGMENT + t / 2]);
                for (int u = 0; u < 2 * vectors; u++) {
                    sum[r][u] = _mm512_dpbf16_ps(sum[r][u], pair[u], w);
                }
            }
        }
    }
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < 2 * vectors; u++) {
            _mm512_storeu_ps(out + r * stride + 16 * u, sum[r][u]);
        }
    }
}

static void add_some(int rows, const char *values, const int64_t *page, int width, int begin, int end, const int *p, float *out, Ahead *ahead) {
    if (begin >= end) {
        return;
    }
    for (int d = 0; d < width; d += 64) {
        long x = d / 32 * PAGE * LINE;
        if (width - d >= 64) {
#define CALL(n) add(n, 2, values, page, x, begin, end, p, out + d, width, ahead)
            FOR_ROWS(rows, CALL)
#undef CALL
        } else {
#define CALL(n) add(n, 1, values, page, x, begin, end, p, out + d, width, ahead)
            FOR_ROWS(rows, CALL)
#undef CALL
        }
    }
}

/* out[rows][width] += weights * values over the tokens that each row sees. page: byte of each page of values. */
INLINE void add_all(const Tile *tile, const char *values, const int64_t *page, const int *from, const int *to, float *out, Ahead *ahead) {
    int width = padded(tile->size);
    for (int t = tile->lowest & -CHUNK; t < tile->highest; t += CHUNK) {
        for (int r = 0; r < tile->rows; r += MOST_ROWS) {
            int n = least(MOST_ROWS, tile->rows - r);
            int begin = t; /* what all rows see, in whole pairs */
            int end = t + CHUNK;
            for (int i = 0; i < n; i++) {
                begin = most(begin, (from[r + i] + 1) & ~1);
                end = least(end, to[r + i] & ~1);
            }
            if (begin >= end) {
                begin = end = t + CHUNK;
            }
            const int *p = (const int *)tile->s + r * SEGMENT;
            float *o = out + r * width;
            for (int i = 0; i < n; i++) {
                add_some(1, values, page, width, most(t, from[r + i]), least(begin, to[r + i]), p + i * SEGMENT, o + i * width, ahead);
            }
            add_some(n, values, page, width, begin, end, p, o, ahead);
            for (int i = 0; i < n; i++) {
                add_some(1, values, page, width, most(end, from[r + i]), least(t + CHUNK, to[r + i]), p + i * SEGMENT, o + i * width, ahead);
            }
        }
    }
}

/*
 * A tile over one segment: out[rows][width] becomes what its rows see of it, weighted by exp(score - max[rows]), and sum[rows] their weights' sum; where y is
 * given this is the tile's only segment, and what follows from it goes there.
 * key_pages, value_pages: bytes of the pools `keys` and `values` at which the segment's 32 pages begin, and those of the next tile's; from, to: tokens that each
 * row sees, none where these are alike; distance: from each row's own token to the segment's first, read where there are slopes.
 */
void quire_attend(const Tile *tile, const char *q, const char *keys, const char *values, const int64_t *key_pages, const int64_t *value_pages,
                  const int64_t *next_key_pages, const int64_t *next_value_pages, const int *from, const int *to, const int *distance, float *max, float *sum,
                  float *out, char *y) {
    Ahead ahead = ahead_of(tile, next_key_pages, next_value_pages);
    load(tile, q);
    score_all(tile, bare(tile) ? 1 : tile->scale, keys, key_pages, from, to, &ahead);
    if (!bare(tile)) {
        bend(tile, from, to, distance);
    }
    weigh(tile, bare(tile) ? tile->scale : 1, from, to, max, sum);
    clear(tile, out);
    add_all(tile, values, value_pages, from, to, out, &ahead);
    if (y) {
        finish(tile, from, to, out, sum, y);
    }
    ask_rest(&ahead);
}
