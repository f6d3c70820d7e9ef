/* y = x · wᵀ + bias (RULES, N4 to N6) where a work-item is a whole vector unit: it owns TILE_ROWS × TILE_COLUMNS outputs, and keeps half their lanes in
 * registers, as a float16 each, while it walks over k; then the other half. x [rows, k] is float32 already rounded to bf16, with 16 elements behind it
 * that may be read; w [n, k] is bf16. `slices` is 1, or 8 for a layer that is split. Traffic: work-items walk blocks of WIDE_BLOCK · WIDE_TILE_ROWS rows,
 * rows fastest, so that a column's weights come from memory once per block and x stays in cache. The row tiles of a column tile share the work of
 * asking for the next one's weights. Work-items: ceil(n / TILE_COLUMNS) · ceil(rows / TILE_ROWS), or more. */
#include "wide.h"

#define TILE (TILE_ROWS * TILE_COLUMNS)
#define TILE_EIGHTS ((TILE + 7) / 8)
#define TILE_BLOCK (WIDE_BLOCK * WIDE_TILE_ROWS / TILE_ROWS)

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
    int block = GID / (TILE_BLOCK * column_tiles);
    int rest = GID % (TILE_BLOCK * column_tiles);
    int height = row_tiles - block * TILE_BLOCK < TILE_BLOCK ? row_tiles - block * TILE_BLOCK : TILE_BLOCK;
    if (height <= 0 || rest >= height * column_tiles) {
        return;
    }
    int row = (block * TILE_BLOCK + rest % height) * TILE_ROWS;
    int column = rest / height * TILE_COLUMNS;
    int turn = rest % height; /* counts down to this tile's turn to ask */
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
    float8 sums[SLICES][TILE_EIGHTS];
    for (int slice = 0; slice < slices; slice++) {
        int from = (int)((i64)slice * k / slices);
        int to = (int)((i64)(slice + 1) * k / slices);
        float16 folded[8 * TILE_EIGHTS];
#pragma unroll
        for (int part = 0; part < 2; part++) {
            float16 lanes[TILE], a[TILE_ROWS], b[TILE_COLUMNS];
#pragma unroll
            for (int t = 0; t < TILE; t++) {
                lanes[t] = (float16)(0.0f);
            }
            int i = from + part * HALF_LANES;
            for (; i + HALF_LANES <= to; i += LANES) {
                if (part == 0 && --turn < 0) {
                    turn = height - 1;
#pragma unroll
                    for (int c = 0; c < TILE_COLUMNS; c++) {
                        PREFETCH(weights[c] + (i64)TILE_COLUMNS * k + i);
                    }
                }
#pragma unroll
                for (int c = 0; c < TILE_COLUMNS; c++) {
                    b[c] = bf16_wide(vload16(0, weights[c] + i));
                }
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    a[r] = vload16(0, in[r] + i);
                }
                tile_products(lanes, a, b);
            }
            if (i < to) {
                int16 among = among_first(to - i);
#pragma unroll
                for (int c = 0; c < TILE_COLUMNS; c++) {
                    int readable = column + c + 1 < n ? 2 * k : k; /* the next column lies behind */
                    b[c] = bf16_wide(first_shorts(weights[c] + i, to - i, readable - i));
                }
#pragma unroll
                for (int r = 0; r < TILE_ROWS; r++) {
                    a[r] = select((float16)(0.0f), vload16(0, in[r] + i), among);
                }
                tile_products(lanes, a, b);
            }
#pragma unroll
            for (int t = 0; t < TILE; t++) {
                folded[t] = part == 0 ? lanes[t] : FADD(folded[t], lanes[t]);
            }
        }
#pragma unroll
        for (int e = 0; e < TILE_EIGHTS; e++) {
            sums[slice][e] = fold_eight(folded + 8 * e);
        }
    }
    for (int reach = slices / 2; reach > 0; reach /= 2) {
        for (int slice = 0; slice < reach; slice++) {
            for (int e = 0; e < TILE_EIGHTS; e++) {
                sums[slice][e] = FADD(sums[slice][e], sums[slice + reach][e]);
            }
        }
    }
    float tile[8 * TILE_EIGHTS];
    for (int e = 0; e < TILE_EIGHTS; e++) {
        vstore8(sums[0][e], e, tile);
    }
    for (int r = 0; r < TILE_ROWS && row + r < rows; r++) {
        for (int c = 0; c < TILE_COLUMNS && column + c < n; c++) {
            float sum = tile[r * TILE_COLUMNS + c];
            y[(i64)(row + r) * n + column + c] = biased ? FADD(sum, bias[column + c]) : sum;
        }
    }
}
