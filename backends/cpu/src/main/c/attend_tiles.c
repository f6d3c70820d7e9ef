/*
 * Attention over one segment of bf16 pages by AMX's tiles; as attend.c, whose functions these stand in for where quire_tiles() said yes. Shape: up to 16 rows
 * meet the 64 tokens of four pages, which are tiles of keys as they lie; for values, 256 tokens of 64 elements at a time become tiles of pairs of tokens,
 * which all rows then meet. Traffic: as attend.c, asked for once, three pages ahead, at the end six. A row's bits depend on its own tokens alone: one chain of
 * tiles over the elements for a score, over blocks of 32 tokens for a weighted value, where those that a row does not see have weight zero. Where rows see
 * different parts of a block, its values that are no finite numbers are taken out, for zero times them is not zero, and added to the rows that see them one by
 * one. Limits: as dense_tiles.c.
 */
#include "tiles.h"

#include "pages.h"

#define SEGMENT 512
#define CHUNK 64
#define PAGE 16
#define BLOCK 32
#define SPAN 256
#define BLOCKS (SPAN / BLOCK)
#define NEAR 3
#define MORE 3
#define INFINITE 0x7f80

INLINE void ask(const char *from, int lines) {
    for (int i = 0; i < lines; i++) {
        _mm_prefetch(from + LINE * i, _MM_HINT_T0);
    }
}

/* Asks for pages behind those that were asked for, into the second cache: until the next kernel begins, nobody else asks for any. */
INLINE void ask_on(const Order *order, int lines) {
    for (int j = order->pages + NEAR; j < order->pages + NEAR + MORE; j++) {
        for (int i = 0; i < lines; i++) {
            _mm_prefetch(page_at(order, j) + LINE * i, _MM_HINT_T1);
        }
    }
}

#define ASK(u) \
    if (asks) { \
        ask(near[u] + at, deep); \
    }

/* Scores of the configured rows against four pages, in steps of `deep` pairs; asks for as many lines of four that come near behind. */
INLINE void score(int rows, const char *const page[4], const char *const near[4], const int asks, int steps, int deep, const int *q, int stride,
                  float scale, float *s) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int k = 0; k < steps; k++) {
        long at = LINE * deep * k;
        _tile_loadd(4, q + deep * k, 4L * stride);
        _tile_loadd(6, page[0] + at, LINE);
        ASK(0)
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, page[1] + at, LINE);
        ASK(1)
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(6, page[2] + at, LINE);
        ASK(2)
        _tile_dpbf16ps(2, 4, 6);
        _tile_loadd(7, page[3] + at, LINE);
        ASK(3)
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

/* As quire_scores. */
void quire_scores_tiles(int rows, const char *keys, const int64_t *page, const char *values, const int64_t *later, const int *from, const int *to, int lowest,
                        int highest, int pairs, const int *q, int stride, float scale, float *s) {
    Order order = {keys, page, (highest + CHUNK - 1) / CHUNK * (CHUNK / PAGE), values, later};
    int deep = depth(pairs);
    int configured = 0;
    for (int r = 0, g = 0; r < rows; g++) {
        int n = group_end(rows, g) - r;
        if (n != configured) {
            configure(n, n, deep);
            configured = n;
        }
        for (int t = lowest & -CHUNK; t < highest; t += CHUNK) {
            const char *now[4];
            const char *near[4];
            for (int u = 0; u < 4; u++) {
                int j = t / PAGE + u;
                now[u] = keys + page[j];
                near[u] = page_at(&order, j + NEAR);
            }
            int seen = 0;
            for (int i = r; i < r + n; i++) {
                seen |= from[i] < t + CHUNK && to[i] > t;
            }
            if (seen && g == 0) {
                score(n, now, near, 1, pairs / deep, deep, q + r * stride, stride, scale, s + r * SEGMENT + t);
            } else if (seen) {
                score(n, now, near, 0, pairs / deep, deep, q + r * stride, stride, scale, s + r * SEGMENT + t);
            }
        }
        r += n;
    }
    ask_on(&order, pairs);
    _tile_release();
}

/* Values of one panel: [blocks][4 tiles of 16 elements][16 pairs of tokens][16]. */
typedef struct {
    short pair[BLOCKS][4][TILE][2 * TILE];
    int odd[BLOCKS]; /* whether a block's values that are not finite were taken out */
} __attribute__((aligned(64))) Panel;

/* The tokens from lowest to highest - 1 of a block as tiles of pairs; other tokens are zeros, whatever lies there. x: byte of the panel in a page. */
INLINE void arrange(const int vectors, const Order *values, long x, int block, int lowest, int highest, int ragged, short (*out)[TILE][2 * TILE], int *odd) {
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
        const char *at = page_at(values, t / PAGE) + x;
        const char *near = page_at(values, t / PAGE + NEAR) + x;
        for (int i = 0; i < PAGE; i += 2) {
            __mmask16 first = t + i >= lowest && t + i < highest ? 0xffff : 0;
            __mmask16 second = t + i + 1 >= lowest && t + i + 1 < highest ? 0xffff : 0;
            for (int v = 0; v < vectors; v++) {
                long line = LINE * (PAGE * v + i);
                ask(near + line, 2);
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
static void add_odd(int vectors, const Order *values, long x, int block, int from, int to, const uint16_t *p, float *out) {
    for (int t = most(block, from); t < least(block + BLOCK, to); t++) {
        const uint16_t *line = (const uint16_t *)(page_at(values, t / PAGE) + x + LINE * (t % PAGE));
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

/* As quire_values. */
void quire_values_tiles(int rows, const char *values, const int64_t *page, const char *keys, const int64_t *later, const int *from, const int *to, int lowest,
                        int highest, int width, const int *p, float *out) {
    Order order = {values, page, (highest + PAGE - 1) / PAGE, keys, later};
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
                    arrange(2, &order, x, block, lowest, highest, ragged[b], panel.pair[b], &panel.odd[b]);
                } else {
                    arrange(1, &order, x, block, lowest, highest, ragged[b], panel.pair[b], &panel.odd[b]);
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
                        add_odd(wide ? 2 : 1, &order, x, block, from[r + i], to[r + i], (const uint16_t *)(p + (r + i) * SEGMENT), to_rows + i * width);
                    }
                }
                r += n;
            }
        }
    }
    ask_on(&order, width / 2);
    _tile_release();
}
