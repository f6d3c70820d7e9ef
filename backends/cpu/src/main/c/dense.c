/*
 * Products with bf16 weights by AVX-512's dot product of bf16 pairs; the layout is DensePacking's, the twin in Java is VectorKernel. Shape: a panel of 64
 * outputs, an output in each lane, one to six rows at a time, their sums in 24 registers; a block of inputs whose weights fit the second cache serves all rows
 * before the next one. Traffic: weights once; while rows meet a panel, the lines of the next are asked for, as many for each six rows as are needed to have
 * them all. A row's bits do not depend on how many rows there are: one chain over the inputs in order for each output. Limits: as attend.c.
 */
#include "gate.h"

#define WIDTH GATES
#define PAIR_BYTES (4L * WIDTH)
#define MOST_ROWS 6
#define MOST_PAIRS 1024
#define AHEAD 16
#define BLOCK 96

/* Rounds rows of x, from first on, to bf16; an odd row ends with a zero. x: [rows][inputs]; out: [rows][(inputs + 1) / 2] pairs. */
void quire_narrow(int first, int rows, int inputs, const float *x, int *out) {
    int pairs = (inputs + 1) / 2;
    for (int r = first; r < first + rows; r++) {
        const float *from = x + (long)r * inputs;
        short *to = (short *)(out + (long)r * pairs);
        int i = 0;
        for (; i + 32 <= inputs; i += 32) {
            _mm512_storeu_si512(to + i, (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(from + i + 16), _mm512_loadu_ps(from + i)));
        }
        for (; i < inputs; i += 16) {
            __mmask16 inside = lanes(i, inputs);
            __mmask16 stored = lanes(i, 2 * pairs);
            _mm256_mask_storeu_epi16(to + i, stored, (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(inside, from + i)));
        }
    }
}

/* Adds the products of some pairs to y, or begins with zero; asks for the weights that lie `ahead` bytes further on, `lines` for every pair. */
INLINE void multiply(const int rows, int pairs, int fresh, const char *w, long ahead, const int lines, const int *x, long x_stride, float *y, long y_stride,
                     const __mmask16 *stored) {
    __m512 sum[MOST_ROWS][4];
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < 4; u++) {
            sum[r][u] = fresh ? _mm512_setzero_ps() : _mm512_maskz_loadu_ps(stored[u], y + r * y_stride + 16 * u);
        }
    }
    const char *next = w + ahead;
    for (int i = 0; i < pairs; i++) {
        __m512bh k[4];
        for (int u = 0; u < 4; u++) {
            k[u] = (__m512bh)_mm512_loadu_si512(w + i * PAIR_BYTES + 64 * u);
        }
        for (int u = 0; u < lines; u++) {
            _mm_prefetch(next + 64L * (lines * i + u), _MM_HINT_T1);
        }
        for (int r = 0; r < rows; r++) {
            __m512bh pair = (__m512bh)_mm512_set1_epi32(x[r * x_stride + i]);
            for (int u = 0; u < 4; u++) {
                sum[r][u] = _mm512_dpbf16_ps(sum[r][u], k[u], pair);
            }
        }
    }
    for (int r = 0; r < rows; r++) {
        for (int u = 0; u < 4; u++) {
            _mm512_mask_storeu_ps(y + r * y_stride + 16 * u, stored[u], sum[r][u]);
        }
    }
}

#define TILE(n, lines) multiply(n, pairs, fresh, w, ahead, lines, x, x_stride, y, y_stride, stored)
#define TILES(lines) \
    switch (rows) { \
    case 1: TILE(1, lines); break; \
    case 2: TILE(2, lines); break; \
    case 3: TILE(3, lines); break; \
    case 4: TILE(4, lines); break; \
    case 5: TILE(5, lines); break; \
    default: TILE(6, lines); break; \
    }

static void tile(int rows, int pairs, int fresh, const char *w, long ahead, int lines, const int *x, long x_stride, float *y, long y_stride,
                 const __mmask16 *stored) {
    switch (lines) {
    case 0: TILES(0); break;
    case 1: TILES(1); break;
    case 2: TILES(2); break;
    default: TILES(4); break;
    }
}

/* Up to 96 rows, which stay in the second cache beside the weights that they meet. */
static void block(int rows, int all, const int *x, const char *packed, int64_t panel_bytes, int columns, float *y, long y_stride) {
    int tiles = (rows + MOST_ROWS - 1) / MOST_ROWS;
    int lines = tiles == 1 ? 4 : tiles <= 3 ? 2 : 1;
    for (int column = 0; column < columns; column += WIDTH) {
        const char *w = packed + column / WIDTH * panel_bytes;
        __mmask16 stored[4];
        for (int u = 0; u < 4; u++) {
            stored[u] = lanes(column + 16 * u, columns);
        }
        for (int from = 0; from < all; from += MOST_PAIRS) {
            int pairs = least(MOST_PAIRS, all - from);
            int row = 0;
            for (int t = 0; t < tiles; t++) {
                int n = (rows - row + tiles - t - 1) / (tiles - t);
                long ahead = tiles == 1 ? AHEAD * PAIR_BYTES : pairs * PAIR_BYTES + t * (64L * lines * pairs);
                int ask = t * lines < 4 ? lines : 0;
                tile(n, pairs, from == 0, w + from * PAIR_BYTES, ahead, ask, x + (long)row * all + from, all, y + row * y_stride + column, y_stride,
                     stored);
                row += n;
            }
        }
    }
}

/*
 * y = x times panels of weights. x: [rows][pairs] as quire_narrow left them, rows from first on; packed: at byte panel, [columns / 64], panel_bytes
 * apart, of [pairs][64][2]; y: floats from byte `to` on, [rows][columns] with y_stride floats from row to row.
 */
void quire_dense(int first, int rows, int inputs, const int *x, const char *packed, int64_t panel, int64_t panel_bytes, int columns, char *y,
                 int64_t to, int y_stride) {
    int all = (inputs + 1) / 2;
    int blocks = (rows + BLOCK - 1) / BLOCK;
    for (int b = 0, row = 0; b < blocks; b++) {
        int n = (rows - row + blocks - b - 1) / (blocks - b);
        block(n, all, x + (long)(first + row) * all, packed + panel, panel_bytes, columns, (float *)(y + to) + (long)row * y_stride, y_stride);
        row += n;
    }
}

/*
 * out = silu(gate) * up as quire_narrow leaves it, where gate and up are products as in quire_dense, of panels that lie in turns: each of gate before that of
 * up. columns: of out; sums: room for 96 rows of two panels; out: bf16 values from byte `to` on, `stride` of them from row to row.
 */
void quire_gated(int first, int rows, int inputs, const int *x, const char *packed, int64_t panel, int64_t panel_bytes, int columns, float *sums, char *out,
                 int64_t to, int stride) {
    int all = (inputs + 1) / 2;
    int blocks = (rows + BLOCK - 1) / BLOCK;
    for (int b = 0, row = 0; b < blocks; b++) {
        int n = (rows - row + blocks - b - 1) / (blocks - b);
        const char *w = packed + panel;
        for (int column = 0; column < columns; column += WIDTH, w += 2 * panel_bytes) {
            block(n, all, x + (long)(first + row) * all, w, panel_bytes, 2 * WIDTH, sums, 2 * WIDTH);
            narrow_gated(n, least(WIDTH, columns - column), sums, (short *)(out + to) + (long)row * stride + column, stride);
        }
        row += n;
    }
}
