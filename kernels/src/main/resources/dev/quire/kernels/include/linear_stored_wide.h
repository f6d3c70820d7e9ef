/* y = x · wᵀ + bias in FAST (RULES, W1 and W3) where a work-item is a whole vector unit. x [rows, k] is float32 and not rounded; w [n, k] stays as
 * it is stored and is decoded in registers, exactly. A work-item owns TILE_ROWS × TILE_COLUMNS outputs with 32 sums each, so that an output
 * does not depend on the tile. Traffic: as `linear_wide`. Work-items: ceil(n / TILE_COLUMNS) · ceil(rows / TILE_ROWS), or more. */
#include "stored_wide.h"

#define TILE (TILE_ROWS * TILE_COLUMNS)

FN void add_products(float16 *lanes, const float16 *a, const float16 *b) {
#pragma unroll
    for (int t = 0; t < TILE; t++) {
        lanes[t] = MAC(a[t / TILE_COLUMNS], b[t % TILE_COLUMNS], lanes[t]);
    }
}

FN void linear_stored_wide(GLOBAL const float *x, GLOBAL const u8 *w, GLOBAL const float *bias, GLOBAL float *y, int rows, int n, int k,
                           int row_bytes, int biased) {
    int row_tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
    int column_tiles = (n + TILE_COLUMNS - 1) / TILE_COLUMNS;
    int block = GID / (WIDE_BLOCK * column_tiles);
    int rest = GID % (WIDE_BLOCK * column_tiles);
    int height = row_tiles - block * WIDE_BLOCK < WIDE_BLOCK ? row_tiles - block * WIDE_BLOCK : WIDE_BLOCK;
    if (height <= 0 || rest >= height * column_tiles) {
        return;
    }
    int row = (block * WIDE_BLOCK + rest % height) * TILE_ROWS;
    int column = rest / height * TILE_COLUMNS;
    /* A tile that reaches over an edge computes the last row or column again. */
    GLOBAL const float *in[TILE_ROWS];
    GLOBAL const u8 *weights[TILE_COLUMNS];
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
        in[r] = x + (i64)(row + r < rows ? row + r : rows - 1) * k;
    }
#pragma unroll
    for (int c = 0; c < TILE_COLUMNS; c++) {
        weights[c] = w + (i64)(column + c < n ? column + c : n - 1) * row_bytes;
    }
    float16 low[TILE], high[TILE], a[TILE_ROWS], b[TILE_COLUMNS], d[TILE_COLUMNS];
#pragma unroll
    for (int t = 0; t < TILE; t++) {
        low[t] = (float16)(0.0f);
        high[t] = (float16)(0.0f);
    }
    int i = 0;
    for (; i + LANES <= k; i += LANES) {
#pragma unroll
        for (int c = 0; c < TILE_COLUMNS; c++) {
            stored_lanes(weights[c], i, &b[c], &d[c]);
        }
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            a[r] = vload16(0, in[r] + i);
        }
        add_products(low, a, b);
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            a[r] = vload16(1, in[r] + i);
        }
        add_products(high, a, d);
    }
    if (i < k) {
#pragma unroll
        for (int c = 0; c < TILE_COLUMNS; c++) {
            stored_rest(weights[c], i, k, &b[c], &d[c]);
        }
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            a[r] = first_floats(in[r] + i, k - i, k - i);
        }
        add_products(low, a, b);
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            a[r] = first_floats(in[r] + i + HALF_LANES, k - i - HALF_LANES, k - i - HALF_LANES);
        }
        add_products(high, a, d);
    }
    for (int r = 0; r < TILE_ROWS && row + r < rows; r++) {
        for (int c = 0; c < TILE_COLUMNS && column + c < n; c++) {
            float sum = fold_wide(low[r * TILE_COLUMNS + c], high[r * TILE_COLUMNS + c]);
            y[(i64)(row + r) * n + column + c] = biased ? FADD(sum, bias[column + c]) : sum;
        }
    }
}
