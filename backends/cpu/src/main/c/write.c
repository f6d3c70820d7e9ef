/*
 * Puts keys and values of a step in their places of bf16 pages; the layout is PagedKvPool's, the twin in Java is PageWriter, with the same bits: rounded to
 * nearest even, below 2^-56 to zero, every NaN to one. Shape: a head of a token at a time, 32 elements together. Traffic: a line of memory for each pair of a
 * key, for each 32 elements of a value, all asked for to be written before the first is: stores wait for one another. Limits: as attend.c. Calls nothing.
 */
#include <stdint.h>

#pragma GCC target("avx512f,avx512bw,avx512vl,prfchw,prefer-vector-width=512")
#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))
#define PAGE 16
#define LINE 64L
#define LANES 16
#define TOGETHER 32

#include "lanes.h"

/* The bf16 of 16 floats of `left`, in the upper halves; floats from the left-th on are zero. */
INLINE __m512i rounded(const float *x, int left) {
    __m512i bits = _mm512_castps_si512(_mm512_maskz_loadu_ps(lanes(0, left), x));
    __m512i magnitude = _mm512_and_si512(bits, _mm512_set1_epi32(0x7fffffff));
    __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    __m512i nearest = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), odd);
    nearest = _mm512_and_si512(nearest, _mm512_set1_epi32((int)0xffff0000));
    __m512i size = _mm512_and_si512(nearest, _mm512_set1_epi32(0x7fffffff));
    __mmask16 small = _mm512_cmplt_epi32_mask(size, _mm512_set1_epi32((127 - 56) << 23));
    nearest = _mm512_mask_and_epi32(nearest, small, nearest, _mm512_set1_epi32((int)0x80000000));
    return _mm512_mask_mov_epi32(nearest, _mm512_cmpgt_epi32_mask(magnitude, _mm512_set1_epi32(0x7f800000)), _mm512_set1_epi32(0x7fc00000));
}

/* A head's key: pairs of neighbours, each a line behind the one before. */
INLINE void key(int size, const float *x, char *to) {
    const __m512i lines = _mm512_mullo_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), _mm512_set1_epi32((int)LINE));
    for (int d = 0; d < size; d += TOGETHER) {
        __m512i first = rounded(x + d, size - d);
        __m512i second = rounded(x + d + LANES, size - d - LANES);
        /* Upper halves of both in order, by a narrowing of each to 16 bits. */
        __m512i pairs = _mm512_castsi256_si512(_mm512_cvtepi32_epi16(_mm512_srli_epi32(first, 16)));
        pairs = _mm512_inserti64x4(pairs, _mm512_cvtepi32_epi16(_mm512_srli_epi32(second, 16)), 1);
        _mm512_mask_i32scatter_epi32(to + LINE * (d / 2), lanes(d / 2, (size + 1) / 2), lines, pairs, 1);
    }
}

/* A head's value: pairs 16 elements apart, 16 to a line, a page's lines to a panel. */
INLINE void value(int size, const float *x, char *to) {
    for (int d = 0; d < size; d += TOGETHER) {
        __m512i low = rounded(x + d, size - d);
        __m512i high = rounded(x + d + LANES, size - d - LANES);
        _mm512_storeu_si512(to + PAGE * LINE * (d / TOGETHER), _mm512_or_si512(_mm512_srli_epi32(low, 16), high));
    }
}

/* Where a head of the slot's token begins; a pool has `pages` pages of so many bytes for each head. */
INLINE char *key_of(char *keys, int slot, int head, int64_t pages, int64_t bytes) {
    return keys + (head * pages + slot / PAGE) * bytes + 4 * (slot % PAGE);
}

INLINE char *value_of(char *values, int slot, int head, int64_t pages, int64_t bytes) {
    return values + (head * pages + slot / PAGE) * bytes + LINE * (slot % PAGE);
}

INLINE void ask(const char *from, int lines, long apart) {
    for (int i = 0; i < lines; i++) {
        __builtin_prefetch(from + apart * i, 1);
    }
}

/*
 * Stores rows from to to - 1; a slot below zero stores nothing. k, v: floats, of row 0 from byte k_at and v_at on, strides from row to row; of a layer's
 * pool the keys and values of a head take `pages` pages of key_bytes and value_bytes.
 */
void quire_write(int from, int to, const int *slots, int heads, int size, const char *k, int64_t k_at, int64_t k_stride, const char *v, int64_t v_at,
                 int64_t v_stride, char *keys, int64_t key_bytes, char *values, int64_t value_bytes, int64_t pages) {
    for (int row = from; row < to; row++) {
        for (int head = 0; head < heads && slots[row] >= 0; head++) {
            ask(key_of(keys, slots[row], head, pages, key_bytes), (size + 1) / 2, LINE);
            ask(value_of(values, slots[row], head, pages, value_bytes), (size + TOGETHER - 1) / TOGETHER, PAGE * LINE);
        }
    }
    for (int row = from; row < to; row++) {
        for (int head = 0; head < heads && slots[row] >= 0; head++) {
            key(size, (const float *)(k + k_at) + row * k_stride + head * size, key_of(keys, slots[row], head, pages, key_bytes));
            value(size, (const float *)(v + v_at) + row * v_stride + head * size, value_of(values, slots[row], head, pages, value_bytes));
        }
    }
}
