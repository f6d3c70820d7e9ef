/* y = x · wᵀ + bias (RULES, N4 to N6) where a work-item is a whole vector unit: it owns TILE_ROWS × TILE_COLUMNS outputs, whose lanes it keeps in
 * registers, two float16 each. x [rows, k] is float32 already rounded to bf16, w [n, k] is bf16. `slices` is 1, or 8 for a layer that is split.
 * Traffic: work-items walk blocks of WIDE_BLOCK row tiles, rows fastest, so that a column's weights come from memory once per block and x stays
 * in cache. Work-items: ceil(n / TILE_COLUMNS) · ceil(rows / TILE_ROWS), or more. */
#include "wide.h"

#define TILE (TILE_ROWS * TILE_COLUMNS)

/* Adds the products of one half of the lanes. */
FN void tile_products(float16 *lanes, const float16 *a, const float16 *b) {
#pragma unroll
    for (int t = 0; t < TILE; t++) {
        lanes[t] = MAC(a[t / TILE_COLUMNS], b[t % TILE_COLUMNS], lanes[t]);
    }
}

FN void linear_wide(GLOBAL const float *x, GLOBAL const u16 *w, GLOBAL const float *bias, GLOBAL float *y, int rows, int n, int k,
                    int slices, int biased) {
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
    GLOBAL const u16 *weights[TILE_COLUMNS];
#pragma unroll
    for (int r = 0; r < TILE_ROWS; r++) {
        in[r] = x + (i64)(row + r < rows ? row + r : rows - 1) * k;
    }
#pragma unroll
    for (int c = 0; c < TILE_COLUMNS; c++) {
        weights[c] = w + (i64)(column + c < n ? column + c : n - 1) * k;
    }
    float sums[SLICES * TILE];
    for (int slice = 0; slice < slices; slice++) {
        int i = (int)((i64)slice * k / slices);
        int to = (int)((i64)(slice + 1) * k / slices);
        float16 lanes[2][TILE];
#pragma unroll
        for (int t = 0; t < 2 * TILE; t++) {
            lanes[t / TILE][t % TILE] = (float16)(0.0f);
        }
        for (; i + LANES <= to; i += LANES) {
#pragma unroll
            for (int part = 0; part < 2; part++) {
                float16 a[TILE_ROWS], b[TILE_COLUMNS];
#pragma unroll
                for (int c = 0; c < TILE_COLUMNS; c++) {
                    b[c] = bf16_wide(vload16(part, weights[c] + i));
                }
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    a[r] = vload16(part, in[r] + i);
                }
                tile_products(lanes[part], a, b);
            }
        }
        if (i < to) {
#pragma unroll
            for (int part = 0; part < 2; part++) {
                int at = i + part * HALF_LANES;
                float16 a[TILE_ROWS], b[TILE_COLUMNS];
#pragma unroll
                for (int c = 0; c < TILE_COLUMNS; c++) {
                    b[c] = bf16_wide(first_shorts(weights[c] + at, to - at, k - at));
                }
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    a[r] = first_floats(in[r] + at, to - at, k - at);
                }
                tile_products(lanes[part], a, b);
            }
        }
#pragma unroll
        for (int t = 0; t < TILE; t++) {
            sums[slice * TILE + t] = fold_wide(lanes[0][t], lanes[1][t]);
        }
    }
    for (int reach = slices / 2; reach > 0; reach /= 2) {
        for (int t = 0; t < reach * TILE; t++) {
            sums[t] = FADD(sums[t], sums[t + reach * TILE]);
        }
    }
    for (int r = 0; r < TILE_ROWS && row + r < rows; r++) {
        for (int c = 0; c < TILE_COLUMNS && column + c < n; c++) {
            float sum = sums[r * TILE_COLUMNS + c];
            y[(i64)(row + r) * n + column + c] = biased ? FADD(sum, bias[column + c]) : sum;
        }
    }
}
