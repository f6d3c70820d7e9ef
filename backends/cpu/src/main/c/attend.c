/*
 * Attention over one segment of bf16 pages with AVX-512's dot product of bf16 pairs; the layout is PagedKvPool's, the twin in Java is Bf16Scores and
 * Bf16Values. Shape: up to six rows at a time meet a chunk of 64 tokens, their sums in 24 registers, nothing crosses lanes. Traffic: each page once, asked
 * for ahead into the second cache and in the order of memory, from keys on to values and on to the next segment's keys; six pages ahead, and once more three
 * pages ahead, for a processor that is busy with earlier ones drops what it is asked for. Numerics: two exact products are added to a float32 sum in one
 * instruction that takes subnormals for zero, so these are FAST's bits and not the canonical order's. A row's sums depend on its own tokens alone. Limits:
 * x86-64 Linux; quire_serves() says whether the processor has the instructions. Calls nothing.
 */
#include <stdint.h>

int quire_serves(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("bmi2");
}

#pragma GCC target("avx512f,avx512bw,avx512vl,avx512bf16,prefer-vector-width=512")
#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))
#define SEGMENT 512
#define CHUNK 64
#define PAGE 16
#define LINE 64L
#define MOST_ROWS 6
#define FAR 6
#define NEAR 3

INLINE int least(int a, int b) {
    return a < b ? a : b;
}

INLINE int most(int a, int b) {
    return a > b ? a : b;
}

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

#include "lanes.h"
#include "pages.h"

/*
 * The queries of a tile as pairs of bf16: out[rows][width / 2], where row r is head r % group of query r / group, and zeros follow its `size` elements.
 * q: floats from byte `at` on, `stride` of them from query to query; width: a multiple of 32.
 */
void quire_queries(int rows, int group, int size, int width, const char *q, int64_t at, int64_t stride, int *out) {
    for (int r = 0; r < rows; r++) {
        const float *from = (const float *)(q + at) + r / group * stride + r % group * size;
        for (int i = 0; i < width; i += 32, out += 16) {
            __m512 low = _mm512_maskz_loadu_ps(lanes(i, size), from + i);
            __m512 high = _mm512_maskz_loadu_ps(lanes(i + 16, size), from + i + 16);
            _mm512_storeu_si512(out, (__m512i)_mm512_cvtne2ps_pbh(high, low));
        }
    }
}

/* Scores of rows against the 64 tokens of four pages; asks for the lines of four that come far behind them, and of four near behind. */
INLINE void score(const int rows, const char *const page[4], const char *const far[4], const char *const near[4], int pairs, const int *q, int stride, float scale, float *s) {
    __m512 sum[MOST_ROWS][4];
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < 4; u++) {
            sum[r][u] = _mm512_setzero_ps();
        }
    }
    int asked = 0;
    long at = 0;
    for (int i = 0; i < pairs; i++) {
        __m512bh k[4];
        for (int u = 0; u < 4; u++) {
            k[u] = (__m512bh)_mm512_loadu_si512(page[u] + LINE * i);
            _mm_prefetch(far[asked] + at + LINE * u, _MM_HINT_T1);
            _mm_prefetch(near[asked] + at + LINE * u, _MM_HINT_T1);
        }
        at += 4 * LINE;
        if (at >= LINE * pairs) {
            at = 0;
            asked = least(asked + 1, 3);
        }
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

/*
 * Scores of all rows for the chunks that they see something of: s[rows][512] = scale * q.k.
 * page, later: byte offsets of the segment's pages of keys and of values; from, to: tokens that each row sees, lowest and highest over all rows;
 * q: [rows][stride] pairs of bf16.
 */
void quire_scores(int rows, const char *keys, const int64_t *page, const char *values, const int64_t *later, const int *from, const int *to, int lowest,
                  int highest, int pairs, const int *q, int stride, float scale, float *s) {
    Order order = {keys, page, (highest + CHUNK - 1) / CHUNK * (CHUNK / PAGE), values, later};
    for (int t = lowest & -CHUNK; t < highest; t += CHUNK) {
        const char *now[4];
        const char *far[4];
        const char *near[4];
        for (int u = 0; u < 4; u++) {
            int j = t / PAGE + u;
            now[u] = keys + page[j];
            far[u] = page_at(&order, j + FAR);
            near[u] = page_at(&order, j + NEAR);
        }
        for (int r = 0; r < rows; r += MOST_ROWS) {
            int n = least(MOST_ROWS, rows - r);
            int seen = 0;
            for (int i = r; i < r + n; i++) {
                seen |= from[i] < t + CHUNK && to[i] > t;
            }
            if (seen) {
#define CALL(n) score(n, now, far, near, pairs, q + r * stride, stride, scale, s + r * SEGMENT + t)
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
INLINE void add(const int rows, const int vectors, const Order *values, long x, int begin, int end, const int *p, float *out, int stride) {
    __m512 sum[MOST_ROWS][4];
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < 2 * vectors; u++) {
            sum[r][u] = _mm512_loadu_ps(out + r * stride + 16 * u);
        }
    }
    for (int t = begin & ~1; t < end;) {
        int stop = least(end, (t | (PAGE - 1)) + 1);
        int j = t / PAGE;
        long offset = x + t % PAGE * LINE;
        const char *at = page_at(values, j) + offset;
        const char *far = page_at(values, j + FAR) + offset;
        const char *near = page_at(values, j + NEAR) + offset;
        for (; t < stop; t += 2, at += 2 * LINE, far += 2 * LINE, near += 2 * LINE) {
            __mmask16 first = t >= begin ? 0xffff : 0;
            __mmask16 second = t + 1 < end ? 0xffff : 0;
            __m512bh pair[4];
            for (int u = 0; u < vectors; u++) {
                _mm_prefetch(far + PAGE * LINE * u, _MM_HINT_T1);
                _mm_prefetch(far + PAGE * LINE * u + LINE, _MM_HINT_T1);
                _mm_prefetch(near + PAGE * LINE * u, _MM_HINT_T1);
                _mm_prefetch(near + PAGE * LINE * u + LINE, _MM_HINT_T1);
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

static void add_all(int rows, const Order *values, int width, int begin, int end, const int *p, float *out) {
    if (begin >= end) {
        return;
    }
    for (int d = 0; d < width; d += 64) {
        long x = d / 32 * PAGE * LINE;
        if (width - d >= 64) {
#define CALL(n) add(n, 2, values, x, begin, end, p, out + d, width)
            FOR_ROWS(rows, CALL)
#undef CALL
        } else {
#define CALL(n) add(n, 1, values, x, begin, end, p, out + d, width)
            FOR_ROWS(rows, CALL)
#undef CALL
        }
    }
}

/* out[rows][width] += p * values over the tokens that each row sees. p: [rows][512], of which a row begins with a bf16 for each token, as quire_weigh leaves them. */
void quire_values(int rows, const char *values, const int64_t *page, const char *keys, const int64_t *later, const int *from, const int *to, int lowest,
                  int highest, int width, const int *p, float *out) {
    Order order = {values, page, (highest + PAGE - 1) / PAGE, keys, later};
    for (int t = lowest & -CHUNK; t < highest; t += CHUNK) {
        for (int r = 0; r < rows; r += MOST_ROWS) {
            int n = least(MOST_ROWS, rows - r);
            int begin = t; /* what all rows see, in whole pairs */
            int end = t + CHUNK;
            for (int i = 0; i < n; i++) {
                begin = most(begin, (from[r + i] + 1) & ~1);
                end = least(end, to[r + i] & ~1);
            }
            if (begin >= end) {
                begin = end = t + CHUNK;
            }
            const int *w = p + r * SEGMENT;
            float *o = out + r * width;
            for (int i = 0; i < n; i++) {
                add_all(1, &order, width, most(t, from[r + i]), least(begin, to[r + i]), w + i * SEGMENT, o + i * width);
            }
            add_all(n, &order, width, begin, end, w, o);
            for (int i = 0; i < n; i++) {
                add_all(1, &order, width, most(end, from[r + i]), least(t + CHUNK, to[r + i]), w + i * SEGMENT, o + i * width);
            }
        }
    }
}

/*
 * What a tile's only segment gave: out[rows][width] divided by the row's sum of weights, or zeros where it sees nothing, goes to where its query and head
 * are, as quire_queries has them.
 */
void quire_finish(int rows, int group, int size, int width, const int *from, const int *to, const float *out, const float *sum, char *y, int64_t at, int64_t stride) {
    for (int r = 0; r < rows; r++) {
        float *into = (float *)(y + at) + r / group * stride + r % group * size;
        __mmask16 seen = from[r] < to[r] ? 0xffff : 0;
        __m512 by = _mm512_set1_ps(sum[r]);
        for (int i = 0; i < size; i += 16) {
            _mm512_mask_storeu_ps(into + i, lanes(i, size), _mm512_maskz_div_ps(seen, _mm512_loadu_ps(out + r * width + i), by));
        }
    }
}
