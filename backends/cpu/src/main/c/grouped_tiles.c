/*
 * Products with weights of 4 or 8 bits by AMX's tiles; as grouped.c, whose function this stands in for where quire_tiles() said yes. Shape: of a panel of 64
 * outputs eight groups of 32 inputs at a time become bf16, 1 + u/16 for a code u of 4 bits, and for one of 8 bits two such values, the lower a 16th as large;
 * then up to 16 rows at a time meet 16 outputs, whose sums are in registers. A group of 16 outputs is one tile, or two, so that a product of tiles is a group's
 * sum, which meets its scale and, with the sum of the group's x, its minimum or zero once. Traffic: codes and scales once for all rows of a call; values of
 * bf16 stay in the first cache. A row's bits do not depend on how many rows there are. Limits: as dense_tiles.c.
 */
#include "tiles.h"

#include "groups.h"

#define VECTORS 4
#define DEPTH 8
#define AHEAD 6
#define ONE 0x3f803f80
#define SIXTEENTH 0x3d803d80
#define HIGH (int)0xffff0000
#define FEW 4

/* Some groups of a panel: y += scale * (x times values) + shift * (sum of x). */
typedef struct {
    __m512 scale[DEPTH][VECTORS];
    __m512 shift[DEPTH][VECTORS];
    __m512i value[DEPTH][VECTORS][2][TILE];
} __attribute__((aligned(64))) Groups;

INLINE int tiles_of(const Kind kind) {
    return kind == EIGHT_BITS || kind == EIGHT_BITS_BY_ROW ? 2 : 1;
}

/* Bytes of a block, or with scales of rows of a panel, before its codes. */
INLINE long scale_bytes(const Kind kind) {
    return kind == SCALES || kind == EIGHT_BITS ? 2 * WIDTH : kind == INTEGER_SCALES_AND_MINIMUMS ? 20 * WIDTH : 4 * WIDTH;
}

/* Scale and shift of 16 outputs of a group, the g-th of its block, as quire_arrange's sums and `values` want them. */
INLINE void weigh(const Kind kind, const char *panel, const char *block, int g, int u, float zero, __m512 *scale, __m512 *shift) {
    const char *minimums = block + 2 * WIDTH + 32 * u;
    const char *integers = block + 4 * WIDTH + WIDTH * g + 16 * u;
    __m512 at_zero = _mm512_set1_ps(kind == EIGHT_BITS || kind == EIGHT_BITS_BY_ROW ? 1.5625f : zero); /* 256 + 16 + 128 of 256 */
    __m512 minimum = _mm512_setzero_ps();
    __m512 d;
    if (kind == EIGHT_BITS_BY_ROW) {
        d = _mm512_loadu_ps((const float *)panel + TILE * u);
    } else {
        d = half(block + 32 * u);
    }
    if (kind == SCALES_AND_MINIMUMS) {
        minimum = half(minimums);
    }
    if (kind == INTEGER_SCALES_AND_MINIMUMS) {
        d = _mm512_mul_ps(d, whole(integers));
        minimum = _mm512_mul_ps(half(minimums), whole(integers + 8 * WIDTH));
        minimum = _mm512_sub_ps(_mm512_setzero_ps(), minimum);
    }
    if (kind == SCALES_AND_ZEROS) {
        at_zero = _mm512_fmadd_ps(half(minimums), _mm512_set1_ps(0.0625f), at_zero);
    }
    *scale = _mm512_mul_ps(d, _mm512_set1_ps(kind == EIGHT_BITS || kind == EIGHT_BITS_BY_ROW ? 256 : 16));
    *shift = _mm512_fnmadd_ps(*scale, at_zero, minimum);
}

/* The codes of a group as values; tiles: one, or with 8 bits two. */
INLINE void expand(const int tiles, const char *codes, __m512i value[VECTORS][2][TILE]) {
    const __m512i mask = _mm512_set1_epi32(0x00780078);
    const __m512i one = _mm512_set1_epi32(ONE);
    const __m512i sixteenth = _mm512_set1_epi32(SIXTEENTH);
    for (int word = 0; word < 4 * tiles; word++) {
        for (int u = 0; u < VECTORS; u++) {
            __m512i w = _mm512_loadu_si512(codes + WORDS * word + LINE * u);
            _mm_prefetch(codes + AHEAD * STRIPE + WORDS * word + LINE * u, _MM_HINT_T0);
#pragma GCC unroll 4
            for (int i = 0; i < 4; i++) {
                int lower = tiles == 2 && i % 2;
                int row = tiles == 2 ? 2 * word + i / 2 : 4 * word + i;
                value[u][lower][row] = _mm512_ternarylogic_epi32(w, mask, lower ? sixteenth : one, 0xea);
                w = _mm512_rol_epi32(w, 4);
            }
        }
    }
}

/* The groups from first to end - 1 of a panel; per_block groups share a block's scales, or each its own of 8 bits. */
INLINE void prepare(const Kind kind, int first, int end, int per_block, long block_bytes, const char *panel, float zero, Groups *out) {
    const int tiles = tiles_of(kind);
    for (int g = first; g < end; g++) {
        const char *block = panel + g / per_block * block_bytes;
        int within = g % per_block;
        for (int u = 0; u < VECTORS; u++) {
            weigh(kind, panel, block, within, u, zero, &out->scale[g - first][u], &out->shift[g - first][u]);
        }
        expand(tiles, block + scale_bytes(kind) + (long)STRIPE * within, out->value[g - first]);
    }
}

/* Up to 16 rows times 16 outputs of some groups. x_bytes, sums_stride: from row to row. */
INLINE void multiply(const int tiles, const int rows, int fresh, int count, const Groups *groups, int u, const int *x, long x_bytes, const float *sums,
                     int sums_stride, float *y) {
    __m512 sum[TILE];
    float products[4][TILE][TILE] __attribute__((aligned(64)));
    for (int r = 0; r < rows; r++) {
        sum[r] = fresh ? _mm512_setzero_ps() : _mm512_loadu_ps(y + r * WIDTH);
    }
#define PRODUCT(t, left, right, g) \
    _tile_zero(t); \
    _tile_loadd(left, x + INTS * (g), x_bytes); \
    _tile_loadd(right, groups->value[g][u][0], LINE); \
    _tile_dpbf16ps(t, left, right); \
    if (tiles == 2) { \
        _tile_loadd(right, groups->value[g][u][1], LINE); \
        _tile_dpbf16ps(t, left, right); \
    }
    for (int g = 0; g < count; g += 4) {
        int last = count - 1;
        PRODUCT(0, 4, 6, g)
        PRODUCT(1, 5, 7, least(g + 1, last))
        PRODUCT(2, 4, 6, least(g + 2, last))
        PRODUCT(3, 5, 7, least(g + 3, last))
        _tile_stored(0, products[0], LINE);
        _tile_stored(1, products[1], LINE);
        _tile_stored(2, products[2], LINE);
        _tile_stored(3, products[3], LINE);
        for (int i = 0; i < 4 && g + i < count; i++) {
            __m512 scale = groups->scale[g + i][u];
            __m512 shift = groups->shift[g + i][u];
#pragma GCC unroll 16
            for (int r = 0; r < rows; r++) {
                sum[r] = _mm512_fmadd_ps(scale, _mm512_load_ps(products[i][r]), sum[r]);
                sum[r] = _mm512_fmadd_ps(shift, _mm512_set1_ps(sums[r * sums_stride + g + i]), sum[r]);
            }
        }
    }
    for (int r = 0; r < rows; r++) {
        _mm512_storeu_ps(y + r * WIDTH, sum[r]);
    }
}

/*
 * Few rows times 16 * vectors outputs from the u-th 16 on, without tiles, which cost them more than they save; with the bits of tiles, whose sums over the
 * even and over the odd values of pairs meet in the end: a product of two bf16 is exact in float32. x: [groups][odd or even][rows][16].
 */
INLINE void few(const Kind kind, const int rows, const int vectors, int u, int first, int end, int groups, int per_block, long block_bytes,
                const char *panel, float zero, const float *x, const float *sums, float *y) {
    const int tiles = tiles_of(kind);
    const __m512i mask = _mm512_set1_epi32(0x00780000);
    const __m512i one = _mm512_set1_epi32(ONE & HIGH);
    const __m512i sixteenth = _mm512_set1_epi32(SIXTEENTH & HIGH);
    __m512 sum[FEW][VECTORS];
    for (int r = 0; r < rows; r++) {
        for (int v = 0; v < vectors; v++) {
            sum[r][v] = first == 0 ? _mm512_setzero_ps() : _mm512_loadu_ps(y + r * WIDTH + TILE * (u + v));
        }
    }
    for (int g = first; g < end; g++, x += 2 * rows * INTS) {
        const char *block = panel + g / per_block * block_bytes;
        const char *codes = block + scale_bytes(kind) + (long)STRIPE * (g % per_block) + LINE * u;
        __m512 t[2][2][FEW][VECTORS];
        for (int r = 0; r < rows; r++) {
            for (int v = 0; v < vectors; v++) {
                t[0][0][r][v] = t[0][1][r][v] = t[1][0][r][v] = t[1][1][r][v] = _mm512_setzero_ps();
            }
        }
        for (int word = 0; word < 4 * tiles; word++) {
            __m512i w[VECTORS];
            for (int v = 0; v < vectors; v++) {
                w[v] = _mm512_loadu_si512(codes + WORDS * word + LINE * v);
                _mm_prefetch(codes + AHEAD * STRIPE + WORDS * word + LINE * v, _MM_HINT_T0);
            }
#pragma GCC unroll 8
            for (int i = 0; i < 8; i++) {
                int even = i / 4;
                int lower = tiles == 2 && i % 2;
                int at = tiles == 2 ? 2 * word + i % 4 / 2 : 4 * word + i % 4;
                for (int v = 0; v < vectors; v++) {
                    __m512 value = _mm512_castsi512_ps(_mm512_ternarylogic_epi32(w[v], mask, lower ? sixteenth : one, 0xea));
                    w[v] = _mm512_rol_epi32(w[v], 4);
                    for (int r = 0; r < rows; r++) {
                        t[lower][even][r][v] = _mm512_fmadd_ps(value, _mm512_set1_ps(x[(even * rows + r) * INTS + at]), t[lower][even][r][v]);
                    }
                }
            }
        }
        for (int v = 0; v < vectors; v++) {
            __m512 scale, shift;
            weigh(kind, panel, block, g % per_block, u + v, zero, &scale, &shift);
            for (int r = 0; r < rows; r++) {
                __m512 product = _mm512_add_ps(t[0][0][r][v], t[0][1][r][v]);
                if (tiles == 2) {
                    product = _mm512_add_ps(product, _mm512_add_ps(t[1][0][r][v], t[1][1][r][v]));
                }
                sum[r][v] = _mm512_fmadd_ps(scale, product, sum[r][v]);
                sum[r][v] = _mm512_fmadd_ps(shift, _mm512_set1_ps(sums[r * groups + g]), sum[r][v]);
            }
        }
    }
    for (int r = 0; r < rows; r++) {
        for (int v = 0; v < vectors; v++) {
            _mm512_storeu_ps(y + r * WIDTH + TILE * (u + v), sum[r][v]);
        }
    }
}

/* The same for a whole panel, of rows that are not yet taken apart. */
INLINE void few_of(const Kind kind, const int rows, const int vectors, int groups, int per_block, long block_bytes, const char *panel, float zero,
                   const int *x, const float *sums, float *y) {
    float apart[DEPTH * 2 * FEW * INTS] __attribute__((aligned(64)));
    for (int first = 0; first < groups; first += DEPTH) {
        int end = least(groups, first + DEPTH);
        float *to = apart;
        for (int g = first; g < end; g++, to += 2 * rows * INTS) {
            for (int r = 0; r < rows; r++) {
                __m512i both = _mm512_loadu_si512(x + (r * groups + g) * INTS);
                _mm512_store_si512(to + r * INTS, _mm512_and_si512(both, _mm512_set1_epi32(HIGH)));
                _mm512_store_si512(to + (rows + r) * INTS, _mm512_slli_epi32(both, 16));
            }
        }
        for (int u = 0; u < VECTORS; u += vectors) {
            few(kind, rows, vectors, u, first, end, groups, per_block, block_bytes, panel, zero, apart, sums, y);
        }
    }
}

/* The same with the sums of usual numbers of rows in registers. */
static void multiply_rows(int tiles, int rows, int fresh, int count, const Groups *groups, int u, const int *x, long x_bytes, const float *sums,
                          int sums_stride, float *y) {
#define ROWS(n) \
    if (tiles == 1) { \
        multiply(1, n, fresh, count, groups, u, x, x_bytes, sums, sums_stride, y); \
    } else { \
        multiply(2, n, fresh, count, groups, u, x, x_bytes, sums, sums_stride, y); \
    } \
    break
    switch (rows) {
    case 1: ROWS(1);
    case 2: ROWS(2);
    case 4: ROWS(4);
    case 8: ROWS(8);
    case 16: ROWS(16);
    default: ROWS(rows);
    }
}

INLINE void rows_of(const Kind kind, int rows, int groups, int per_block, long block_bytes, const char *panel, float zero, const int *x, const float *sums,
                    float *y) {
    const int tiles = tiles_of(kind);
    long x_bytes = 4L * groups * INTS;
    switch (rows) {
    case 1: few_of(kind, 1, 4, groups, per_block, block_bytes, panel, zero, x, sums, y); return;
    case 2: few_of(kind, 2, 2, groups, per_block, block_bytes, panel, zero, x, sums, y); return;
    case 3: few_of(kind, 3, 2, groups, per_block, block_bytes, panel, zero, x, sums, y); return;
    case 4: few_of(kind, 4, 2, groups, per_block, block_bytes, panel, zero, x, sums, y); return;
    default: break;
    }
    Groups some;
    for (int first = 0; first < groups; first += DEPTH) {
        int end = least(groups, first + DEPTH);
        prepare(kind, first, end, per_block, block_bytes, panel, zero, &some);
        SETTLE;
        for (int row = 0; row < rows; row += TILE) {
            int n = least(TILE, rows - row);
            if (n < TILE || row == 0) {
                configure(n, n, TILE);
            }
            const int *from = x + (long)row * groups * INTS + first * INTS;
            const float *s = sums + (long)row * groups + first;
            for (int u = 0; u < VECTORS; u++) {
                multiply_rows(tiles, n, first == 0, end - first, &some, u, from, x_bytes, s, groups, y + row * WIDTH + TILE * u);
            }
        }
    }
}

/* As quire_grouped. */
void quire_grouped_tiles(int kind, int first, int rows, int inputs, const char *packed, int64_t panel, int64_t block_bytes, float zero, const int *pairs,
                         const float *sums, float *y) {
    int groups = inputs / GROUP;
    const int *x = pairs + (long)first * groups * INTS;
    const float *s = sums + (long)first * groups;
    const char *from = packed + panel;
    unsigned state = _mm_getcsr();
    _mm_setcsr(state | FLUSH);
    switch (kind) {
    case SCALES: rows_of(SCALES, rows, groups, 1, block_bytes, from, zero, x, s, y); break;
    case SCALES_AND_MINIMUMS: rows_of(SCALES_AND_MINIMUMS, rows, groups, 1, block_bytes, from, zero, x, s, y); break;
    case EIGHT_BITS: rows_of(EIGHT_BITS, rows, groups, 1, block_bytes, from, zero, x, s, y); break;
    case EIGHT_BITS_BY_ROW: rows_of(EIGHT_BITS_BY_ROW, rows, groups, 1, block_bytes, from, zero, x, s, y); break;
    case SCALES_AND_ZEROS: rows_of(SCALES_AND_ZEROS, rows, groups, (int)(block_bytes / STRIPE), block_bytes, from, zero, x, s, y); break;
    default: rows_of(INTEGER_SCALES_AND_MINIMUMS, rows, groups, 8, block_bytes, from, zero, x, s, y); break;
    }
    _mm_setcsr(state);
    _tile_release();
}
