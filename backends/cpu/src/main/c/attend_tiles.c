/*
 * Attention over one segment of bf16 pages by AMX's tiles; as attend.c, whose functions these stand in for where quire_tiles() said yes. Shape: up to 16 rows
 * meet the 64 tokens of four pages, which are tiles of keys as they lie; for values, 256 tokens of 64 elements at a time become tiles of pairs of tokens,
 * which all rows then meet; the few rows of one query go through vectors instead. Traffic: segment.h. A row's bits depend on its own tokens alone: one chain of
 * tiles over the elements for a score, over blocks of 32 tokens for a weighted value, where those that a row does not see have weight zero. Where rows see
 * different parts of a block, its values that are no finite numbers are taken out, for zero times them is not zero, and added to the rows that see them one by
 * one. Limits: as dense_tiles.c.
 */
#include "attend_few.h"
#include "softmax.h"
#include "tiles.h"

#define SPAN 256
#define BLOCKS (SPAN / BLOCK)
#define INFINITE 0x7f80

#define ASK \
    if (asks) { \
        ask(ahead, deep); \
    }

/* Scores of the configured rows against four pages, in steps of `deep` pairs. */
INLINE void score(int rows, const char *const page[4], int steps, int deep, const int *q, int stride, float scale, float *s, const int asks, Ahead *ahead) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int k = 0; k < steps; k++) {
        long at = LINE * deep * k;
        _tile_loadd(4, q + deep * k, 4L * stride);
        _tile_loadd(6, page[0] + at, LINE);
        ASK
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, page[1] + at, LINE);
        ASK
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(6, page[2] + at, LINE);
        ASK
        _tile_dpbf16ps(2, 4, 6);
        _tile_loadd(7, page[3] + at, LINE);
        ASK
        _tile_dpbf16ps(3, 4, 7);
    }
    _tile_stored(0, s, 4L * SEGMENT);
    _tile_stored(1, s + PAGE, 4L * SEGMENT);
    _tile_stored(2, s + 2 * PAGE, 4L * SEGMENT);
    _tile_stored(3, s + 3 * PAGE, 4L * SEGMENT);
    for (int r = 0; r < rows && scale != 1; r++) {
        for (int u = 0; u < 4; u++) {
            float *at = s + r * SEGMENT + PAGE * u;
            _mm512_storeu_ps(at, _mm512_mul_ps(_mm512_loadu_ps(at), _mm512_set1_ps(scale)));
        }
    }
}

/* The largest number of pairs, 16 at most, of which a head is so many times. */
static int depth(int pairs) {
    int deep = least(TILE, pairs);
    while (pairs % deep) {
        deep--;
    }
    return deep;
}

/* How many rows make up group i, where rows are dealt to as few groups as hold them, alike but for one. */
INLINE int group_end(int rows, int i) {
    int groups = (rows + TILE - 1) / TILE;
    return rows * (i + 1) / groups;
}

/* Scores of all rows for the chunks that they see something of. page: byte of each page of keys. */
INLINE void score_all(const Tile *tile, float scale, const char *keys, const int64_t *page, const int *from, const int *to, Ahead *ahead) {
    int pairs = (tile->size + 1) / 2;
    int stride = padded(tile->size) / 2;
    int deep = depth(pairs);
    int configured = 0;
    for (int r = 0, g = 0; r < tile->rows; g++) {
        int n = group_end(tile->rows, g) - r;
        if (n != configured) {
            configure(n, n, deep);
            configured = n;
        }
        for (int t = tile->lowest & -CHUNK; t < tile->highest; t += CHUNK) {
            const char *now[4];
            for (int u = 0; u < 4; u++) {
                now[u] = keys + page[t / PAGE + u];
            }
            int seen = 0;
            for (int i = r; i < r + n; i++) {
                seen |= from[i] < t + CHUNK && to[i] > t;
            }
            const int *q = tile->q + r * stride;
            float *s = tile->s + r * SEGMENT + t;
            if (seen && g == 0) {
                score(n, now, pairs / deep, deep, q, stride, scale, s, 1, ahead);
            } else if (seen) {
                score(n, now, pairs / deep, deep, q, stride, scale, s, 0, ahead);
            }
        }
        r += n;
    }
}

/* Values of one panel: [blocks][4 tiles of 16 elements][16 pairs of tokens][16]. */
typedef struct {
    short pair[BLOCKS][4][TILE][2 * TILE];
    int odd[BLOCKS]; /* whether a block's values that are not finite were taken out */
} __attribute__((aligned(64))) Panel;

/* The tokens from lowest to highest - 1 of a block as tiles of pairs; other tokens are zeros, whatever lies there. x: byte of the panel in a page. */
INLINE void arrange(const int vectors, const char *values, const int64_t *page, long x, int block, int lowest, int highest, int ragged, short (*out)[TILE][2 * TILE],
                    int *odd, Ahead *ahead) {
    __m512i infinite = _mm512_set1_epi16(INFINITE);
    *odd = 0;
    for (int t = block; t < block + BLOCK; t += PAGE) {
        if (t >= highest || t + PAGE <= lowest) {
            for (int v = 0; v < 2 * vectors; v++) {
                for (int i = 0; i < PAGE / 2; i++) {
                    _mm512_store_si512(out[v][(t - block) / 2 + i], _mm512_setzero_si512());
                }
            }
            continue;
        }
        const char *at = values + page[t / PAGE] + x;
        for (int i = 0; i < PAGE; i += 2) {
            ask(ahead, 2 * vectors);
            __mmask16 first = t + i >= lowest && t + i < highest ? 0xffff : 0;
            __mmask16 second = t + i + 1 >= lowest && t + i + 1 < highest ? 0xffff : 0;
            for (int v = 0; v < vectors; v++) {
                long line = LINE * (PAGE * v + i);
                __m512i a = _mm512_maskz_loadu_epi32(first, at + line);
                __m512i b = _mm512_maskz_loadu_epi32(second, at + line + LINE);
                if (ragged) {
                    __mmask32 bad_a = _mm512_cmpeq_epi16_mask(_mm512_and_si512(a, infinite), infinite);
                    __mmask32 bad_b = _mm512_cmpeq_epi16_mask(_mm512_and_si512(b, infinite), infinite);
                    *odd |= (bad_a | bad_b) != 0;
                    a = _mm512_mask_mov_epi16(a, bad_a, _mm512_setzero_si512());
                    b = _mm512_mask_mov_epi16(b, bad_b, _mm512_setzero_si512());
                }
                int row = (t - block + i) / 2;
                _mm512_store_si512(out[2 * v][row], _mm512_mask_blend_epi16(0xaaaaaaaa, a, _mm512_slli_epi32(b, 16)));
                _mm512_store_si512(out[2 * v + 1][row], _mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(a, 16), b));
            }
        }
    }
}

INLINE float widened(uint16_t bits) {
    union {
        uint32_t bits;
        float value;
    } wide = {(uint32_t)bits << 16};
    return wide.value;
}

/* Adds to a row what was taken out of the tokens that it sees of a block. p: its weights of the segment. */
static void add_odd(int vectors, const char *values, const int64_t *page, long x, int block, int from, int to, const uint16_t *p, float *out) {
    for (int t = most(block, from); t < least(block + BLOCK, to); t++) {
        const uint16_t *line = (const uint16_t *)(values + page[t / PAGE] + x + LINE * (t % PAGE));
        for (int d = 0; d < 2 * TILE * vectors; d++) {
            int i = d % (2 * TILE);
            uint16_t bits = line[d / (2 * TILE) * PAGE * (LINE / 2) + (i < TILE ? 2 * i : 2 * (i - TILE) + 1)];
            if ((bits & INFINITE) == INFINITE) {
                out[d] += widened(p[t]) * widened(bits);
            }
        }
    }
}

/* Adds blocks of a panel to the configured rows. p: pairs of weights from the panel's first token on, [rows][512]. */
INLINE void add(const int tiles, const Panel *panel, int first, int end, const int *p, float *out, int stride) {
    long bytes = 4L * stride;
    _tile_loadd(0, out, bytes);
    _tile_loadd(1, out + TILE, bytes);
    if (tiles == 4) {
        _tile_loadd(2, out + 2 * TILE, bytes);
        _tile_loadd(3, out + 3 * TILE, bytes);
    }
    for (int b = first; b < end; b++) {
        _tile_loadd(4, p + TILE * b, 4L * SEGMENT);
        _tile_loadd(6, panel->pair[b][0], LINE);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, panel->pair[b][1], LINE);
        _tile_dpbf16ps(1, 4, 7);
        if (tiles == 4) {
            _tile_loadd(6, panel->pair[b][2], LINE);
            _tile_dpbf16ps(2, 4, 6);
            _tile_loadd(7, panel->pair[b][3], LINE);
            _tile_dpbf16ps(3, 4, 7);
        }
    }
    _tile_stored(0, out, bytes);
    _tile_stored(1, out + TILE, bytes);
    if (tiles == 4) {
        _tile_stored(2, out + 2 * TILE, bytes);
        _tile_stored(3, out + 3 * TILE, bytes);
    }
}

/* out[rows][width] += weights * values over the tokens that each row sees. page: byte of each page of values. */
INLINE void add_all(const Tile *tile, const char *values, const int64_t *page, const int *from, const int *to, float *out, Ahead *ahead) {
    const int *p = (const int *)tile->s;
    int rows = tile->rows;
    int lowest = tile->lowest;
    int highest = tile->highest;
    int width = padded(tile->size);
    Panel panel;
    int configured = 0;
    for (int span = lowest & -SPAN; span < highest; span += SPAN) {
        int begin = (most(lowest, span) - span) / BLOCK;
        int end = (least(highest, span + SPAN) - span + BLOCK - 1) / BLOCK;
        int ragged[BLOCKS];
        for (int b = begin; b < end; b++) {
            int block = span + BLOCK * b;
            ragged[b] = 0;
            for (int r = 0; r < rows; r++) {
                ragged[b] |= from[r] > most(lowest, block) || to[r] < least(highest, block + BLOCK);
            }
        }
        for (int d = 0; d < width; d += 2 * BLOCK) {
            long x = d / 32 * PAGE * LINE;
            int wide = width - d >= 64;
            for (int b = begin; b < end; b++) {
                int block = span + BLOCK * b;
                if (wide) {
                    arrange(2, values, page, x, block, lowest, highest, ragged[b], panel.pair[b], &panel.odd[b], ahead);
                } else {
                    arrange(1, values, page, x, block, lowest, highest, ragged[b], panel.pair[b], &panel.odd[b], ahead);
                }
            }
            for (int r = 0, g = 0; r < rows; g++) {
                int n = group_end(rows, g) - r;
                int first = end;
                int last = begin;
                for (int i = r; i < r + n; i++) {
                    if (most(from[i], span) < least(to[i], span + SPAN)) {
                        first = least(first, (most(from[i], span) - span) / BLOCK);
                        last = most(last, (least(to[i], span + SPAN) - span + BLOCK - 1) / BLOCK);
                    }
                }
                if (n != configured) {
                    configure(n, n, TILE);
                    configured = n;
                }
                float *to_rows = out + r * width + d;
                SETTLE;
                if (wide) {
                    add(4, &panel, first, last, p + r * SEGMENT + span / 2, to_rows, width);
                } else {
                    add(2, &panel, first, last, p + r * SEGMENT + span / 2, to_rows, width);
                }
                for (int b = first; b < last; b++) {
                    for (int i = 0; panel.odd[b] && i < n; i++) {
                        int block = span + BLOCK * b;
                        add_odd(wide ? 2 : 1, values, page, x, block, from[r + i], to[r + i], (const uint16_t *)(p + (r + i) * SEGMENT), to_rows + i * width);
                    }
                }
                r += n;
            }
        }
    }
}

/* Runs CALL(n) with n a constant, so that sums stay in registers. */
#define FOR_FEW(n, CALL) \
    switch (n) { \
    case 1: CALL(1); break; \
    case 2: CALL(2); break; \
    case 3: CALL(3); break; \
    default: CALL(4); break; \
    }

/* As quire_attend. */
void quire_attend_tiles(const Tile *tile, const char *q, const char *keys, const char *values, const int64_t *key_pages, const int64_t *value_pages,
                        const int64_t *next_key_pages, const int64_t *next_value_pages, const int *from, const int *to, const int *distance, float *max,
                        float *sum, float *out, char *y) {
    Ahead ahead = ahead_of(tile, next_key_pages, next_value_pages);
    float scale = bare(tile) ? 1 : tile->scale;
    int few = tile->rows == tile->group && tile->rows <= FEW && tile->size <= 2 * MOST_PAIRS;
    unsigned state = _mm_getcsr();
    _mm_setcsr(state | FLUSH);
    load(tile, q);
    if (few) {
        int deep = depth((tile->size + 1) / 2);
#define CALL(n) score_few(n, tile, deep, scale, keys, key_pages, &ahead)
        FOR_FEW(tile->rows, CALL)
#undef CALL
    } else {
        SETTLE;
        score_all(tile, scale, keys, key_pages, from, to, &ahead);
        SETTLE;
    }
    if (!bare(tile)) {
        bend(tile, from, to, distance);
    }
    weigh(tile, bare(tile) ? tile->scale : 1, from, to, max, sum);
    if (few) {
#define CALL(n) add_few(n, tile, values, value_pages, out, &ahead)
        FOR_FEW(tile->rows, CALL)
#undef CALL
    } else {
        clear(tile, out);
        SETTLE;
        add_all(tile, values, value_pages, from, to, out, &ahead);
        _tile_release();
        SETTLE;
    }
    if (y) {
        finish(tile, from, to, out, sum, y);
    }
    _mm_setcsr(state);
    ask_rest(&ahead);
}
