/*
 * What both forms of attention share: a tile, which is some rows of one sequence that read the same head of keys, over one segment of pages; the layout of
 * pages is PagedKvPool's. Traffic: each page once, asked for into the second cache while the tile before is computed, a few lines after each step of that, so
 * that memory has no pause while arithmetic, or Java, has its turn.
 */
#ifndef QUIRE_SEGMENT_H
#define QUIRE_SEGMENT_H

#include "curves.h"
#include "lanes.h"

#define SEGMENT 512
#define CHUNK 64
#define PAGE 16
#define LINE 64L

/* What Java says of a tile and of the one after it; AttentionTile lays out the same. */
typedef struct {
    int rows;                                 /* row r is head r % group of query r / group */
    int group;                                /* heads that share one of keys */
    int size;                                 /* elements of a head */
    int head;                                 /* the tile's first */
    int lowest, highest;                      /* some row sees the segment's tokens from `lowest` to `highest` - 1 */
    int next_from, next_to;                   /* pages of the next segment that are worth asking for */
    float scale;                              /* a score is scale * q.k */
    float cap;                                /* and becomes cap * tanh(score / cap), where this is not 0 */
    int64_t q_at, q_stride;                   /* byte of the first row, floats from query to query */
    int64_t y_at, y_stride;
    int64_t next_key_bytes, next_value_bytes; /* of a page */
    const char *next_keys, *next_values;      /* pools; only asked for, never read */
    const float *slopes;                      /* of all heads: a score grows by slope * distance; null for none */
    int *q;                                   /* room for pairs of bf16, [rows][width / 2] */
    float *s;                                 /* room for scores, [rows][512] */
} Tile;

/* Elements of a head of values with their padding. */
INLINE int padded(int size) {
    return (size + 31) & ~31;
}

/* Lines of the next segment: pages of keys, then those of values. */
typedef struct {
    const char *at;
    int lines; /* left of this page; 0 when there is none left */
    int page;
    const Tile *tile;
    const int64_t *key_pages, *value_pages;
} Ahead;

INLINE void turn(Ahead *ahead) {
    const Tile *tile = ahead->tile;
    int count = tile->next_to - tile->next_from;
    int j = ahead->page++;
    if (j < count) {
        ahead->at = tile->next_keys + ahead->key_pages[tile->next_from + j];
        ahead->lines = (int)(tile->next_key_bytes / LINE);
    } else if (j < 2 * count) {
        ahead->at = tile->next_values + ahead->value_pages[tile->next_from + j - count];
        ahead->lines = (int)(tile->next_value_bytes / LINE);
    }
}

INLINE Ahead ahead_of(const Tile *tile, const int64_t *key_pages, const int64_t *value_pages) {
    Ahead ahead = {0, 0, 0, tile, key_pages, value_pages};
    turn(&ahead);
    return ahead;
}

/* Asks for up to so many lines. */
INLINE void ask(Ahead *ahead, int lines) {
    int n = least(lines, ahead->lines);
    for (int i = 0; i < n; i++) {
        _mm_prefetch(ahead->at + LINE * i, _MM_HINT_T1);
    }
    ahead->at += LINE * n;
    ahead->lines -= n;
    if (ahead->lines == 0) {
        turn(ahead);
    }
}

/* Asks for whatever is left. */
INLINE void ask_rest(Ahead *ahead) {
    while (ahead->lines > 0) {
        ask(ahead, ahead->lines);
    }
}

/* The tile's queries as pairs of bf16; zeros follow the elements of each row. */
INLINE void load(const Tile *tile, const char *q) {
    int *out = tile->q;
    for (int r = 0; r < tile->rows; r++) {
        const float *from = (const float *)(q + tile->q_at) + r / tile->group * tile->q_stride + r % tile->group * tile->size;
        for (int i = 0; i < padded(tile->size); i += 32, out += 16) {
            __m512 low = _mm512_maskz_loadu_ps(lanes(i, tile->size), from + i);
            __m512 high = _mm512_maskz_loadu_ps(lanes(i + 16, tile->size), from + i + 16);
            _mm512_storeu_si512(out, (__m512i)_mm512_cvtne2ps_pbh(high, low));
        }
    }
}

/* Caps scores, and adds what their distance costs: distance[rows] is that of the segment's first token from the row's own. */
INLINE void bend(const Tile *tile, const int *from, const int *to, const int *distance) {
    for (int r = 0; r < tile->rows; r++) {
        for (int t = from[r] & -16; t < to[r]; t += 16) {
            float *at = tile->s + r * SEGMENT + t;
            __m512 x = _mm512_loadu_ps(at);
            if (tile->cap != 0) {
                __m512 cap = _mm512_set1_ps(tile->cap);
                x = _mm512_mul_ps(cap, hyperbolic_tangent(_mm512_div_ps(x, cap)));
            }
            if (tile->slopes) {
                __m512i far = _mm512_add_epi32(_mm512_set1_epi32(distance[r] + t), _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
                __m512 slope = _mm512_set1_ps(tile->slopes[tile->head + r % tile->group]);
                x = _mm512_fmadd_ps(slope, _mm512_cvtepi32_ps(far), x);
            }
            _mm512_storeu_ps(at, x);
        }
    }
}

INLINE void clear(const Tile *tile, float *out) {
    for (int i = 0; i < tile->rows * padded(tile->size); i += 16) {
        _mm512_storeu_ps(out + i, _mm512_setzero_ps());
    }
}

/* out[rows][width] divided by the row's sum of weights, or zeros where it sees nothing, goes to where its query and head are. */
INLINE void finish(const Tile *tile, const int *from, const int *to, const float *out, const float *sum, char *y) {
    for (int r = 0; r < tile->rows; r++) {
        float *into = (float *)(y + tile->y_at) + r / tile->group * tile->y_stride + r % tile->group * tile->size;
        __mmask16 seen = from[r] < to[r] ? 0xffff : 0;
        __m512 by = _mm512_set1_ps(sum[r]);
        for (int i = 0; i < tile->size; i += 16) {
            _mm512_mask_storeu_ps(into + i, lanes(i, tile->size), _mm512_maskz_div_ps(seen, _mm512_loadu_ps(out + r * padded(tile->size) + i), by));
        }
    }
}

/* Whether the softmax scales scores itself, since nothing else comes between. */
INLINE int bare(const Tile *tile) {
    return tile->cap == 0 && !tile->slopes && tile->scale > 0;
}

#endif
