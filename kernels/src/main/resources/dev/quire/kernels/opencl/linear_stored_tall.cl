/* A linear layer of many rows in FAST (RULES, W1 and W3), weights of FORMAT as they are stored, where a work-item is a whole vector unit. It owns
 * WIDE_TILE_COLUMNS columns of WIDE_STORED_ROWS rows: it decodes a run of RUN weights of each column once, into private memory, and all its rows
 * multiply that, in tiles whose sums fill the registers, half the lanes at a time. An output's 32 sums are those of `linear_stored_tile`. Memory: 20 KiB
 * private. Work-items: ceil(n / WIDE_TILE_COLUMNS) · ceil(rows / WIDE_STORED_ROWS), or more. */
#include "opencl.prelude.h"
#include "stored_wide.h"

#define TILE_ROWS WIDE_TALL_ROWS
#define TILE_COLUMNS WIDE_TILE_COLUMNS
#define TILE (TILE_ROWS * TILE_COLUMNS)
#define ROW_TILES (WIDE_STORED_ROWS / TILE_ROWS)
#define RUN (20 * LANES)
#define RUN_VECTORS (RUN / HALF_LANES)

FN void add_products(float16 *sums, const float16 *a, const float16 *decoded) {
    float16 b[TILE_COLUMNS];
#pragma unroll
    for (int c = 0; c < TILE_COLUMNS; c++) {
        b[c] = decoded[c * RUN_VECTORS];
    }
#pragma unroll
    for (int t = 0; t < TILE; t++) {
        sums[t] = MAC(a[t / TILE_COLUMNS], b[t % TILE_COLUMNS], sums[t]);
    }
}

/* Adds the products of half the lanes over a run. x ends with its last elements, which may be fewer than a vector. */
FN void add_run(GLOBAL const float *const *in, const float16 *decoded, float16 *lanes, int part, int from, int to) {
    float16 sums[TILE], a[TILE_ROWS];
#pragma unroll
    for (int t = 0; t < TILE; t++) {
        sums[t] = lanes[t];
    }
    int i = from + part * HALF_LANES;
    for (; i + HALF_LANES <= to; i += LANES) {
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            a[r] = vload16(0, in[r] + i);
        }
        add_products(sums, a, decoded + (i - from) / HALF_LANES);
    }
    if (i < to) {
#pragma unroll
        for (int r = 0; r < TILE_ROWS; r++) {
            a[r] = first_floats(in[r] + i, to - i, to - i);
        }
        add_products(sums, a, decoded + (i - from) / HALF_LANES);
    }
#pragma unroll
    for (int t = 0; t < TILE; t++) {
        lanes[t] = sums[t];
    }
}

KERNEL void linear_stored_tall(GLOBAL const float *x, GLOBAL const u8 *w, GLOBAL const float *bias, GLOBAL float *y, int rows, int n, int k,
                               int row_bytes, int biased) {
    int column_tiles = (n + TILE_COLUMNS - 1) / TILE_COLUMNS;
    int begin = GID / column_tiles * WIDE_STORED_ROWS, column = GID % column_tiles * TILE_COLUMNS;
    if (begin >= rows) {
        return;
    }
    int end = begin + WIDE_STORED_ROWS < rows ? begin + WIDE_STORED_ROWS : rows;
    float16 lanes[2 * ROW_TILES * TILE]; /* by row tile, then by half of the lanes */
    float16 decoded[TILE_COLUMNS * RUN_VECTORS];
    for (int t = 0; t < (end - begin + TILE_ROWS - 1) / TILE_ROWS * 2 * TILE; t++) {
        lanes[t] = (float16)(0.0f);
    }
    for (int from = 0; from < k; from += RUN) {
        int to = from + RUN < k ? from + RUN : k;
        for (int c = 0; c < TILE_COLUMNS; c++) {
            /* A tile that reaches over an edge computes the last column or row again. */
            GLOBAL const u8 *weights = w + (i64)(column + c < n ? column + c : n - 1) * row_bytes;
            for (int i = from; i < to; i += LANES) {
                float16 low, high;
                if (i + LANES <= to) {
                    stored_lanes(weights, i, &low, &high);
                } else {
                    stored_rest(weights, i, to, &low, &high);
                }
                decoded[c * RUN_VECTORS + (i - from) / HALF_LANES] = low;
                decoded[c * RUN_VECTORS + (i - from) / HALF_LANES + 1] = high;
            }
        }
        for (int row = begin; row < end; row += TILE_ROWS) {
            GLOBAL const float *in[TILE_ROWS];
#pragma unroll
            for (int r = 0; r < TILE_ROWS; r++) {
                in[r] = x + (i64)(row + r < rows ? row + r : rows - 1) * k;
            }
            float16 *of_tile = lanes + (row - begin) / TILE_ROWS * 2 * TILE;
            add_run(in, decoded, of_tile, 0, from, to);
            add_run(in, decoded, of_tile + TILE, 1, from, to);
        }
    }
    for (int row = begin; row < end; row += TILE_ROWS) {
        float16 *of_tile = lanes + (row - begin) / TILE_ROWS * 2 * TILE;
        float sums[TILE];
        for (int e = 0; e < TILE; e += 8) {
            float16 folded[8];
#pragma unroll
            for (int t = 0; t < 8; t++) {
                folded[t] = FADD(of_tile[e + t], of_tile[TILE + e + t]);
            }
            vstore8(fold_eight(folded), 0, sums + e);
        }
        for (int r = 0; r < TILE_ROWS && row + r < rows; r++) {
            for (int c = 0; c < TILE_COLUMNS && column + c < n; c++) {
                float sum = sums[r * TILE_COLUMNS + c];
                y[(i64)(row + r) * n + column + c] = biased ? FADD(sum, bias[column + c]) : sum;
            }
        }
    }
}
