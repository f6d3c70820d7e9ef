/* y = x · wᵀ + bias in FAST on GPUs (RULES, W1 and W3): x [rows, k] is float32 and not rounded; w [n, k] stays as it is stored, in FORMAT, and is decoded on
 * its way to local memory, exactly. A work-group owns TILE_ROWS × TILE_COLUMNS outputs and walks over k 32 at a time; a work-item keeps ITEM_ROWS ×
 * ITEM_COLUMNS sums in registers, each over k in ascending order, so that an output's bits depend on no tile. Traffic: w once per TILE_ROWS rows, x once
 * per TILE_COLUMNS columns. Groups: ceil(n / TILE_COLUMNS) · ceil(rows / TILE_ROWS), rows fastest, of a work-item for each of their parts. */
#include "opencl.prelude.h"
#include "stored_wide.h"

#define ITEMS_ABREAST (TILE_COLUMNS / ITEM_COLUMNS)
#define ROW_STRIDE (TILE_ROWS + 1)
#define COLUMN_STRIDE (TILE_COLUMNS + 1)

KERNEL void linear_tiled(GLOBAL const float *x, GLOBAL const u8 *w, GLOBAL const float *bias, GLOBAL float *y, int rows, int n, int k,
                         int row_bytes, int biased) {
    LOCAL float in[LANES * ROW_STRIDE];
    LOCAL float weights[LANES * COLUMN_STRIDE];
    int row_tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
    int row = GRP % row_tiles * TILE_ROWS;
    int column = GRP / row_tiles * TILE_COLUMNS;
    int item_row = LID / ITEMS_ABREAST * ITEM_ROWS;
    int item_column = LID % ITEMS_ABREAST; /* and every ITEMS_ABREAST-th behind it */
    float sums[ITEM_ROWS * ITEM_COLUMNS];
#pragma unroll
    for (int s = 0; s < ITEM_ROWS * ITEM_COLUMNS; s++) {
        sums[s] = 0.0f;
    }
    for (int i = 0; i < k; i += LANES) {
        int count = k - i < LANES ? k - i : LANES;
        for (int e = LID; e < TILE_ROWS * LANES; e += LSZ) {
            int r = row + e / LANES, j = e % LANES;
            in[j * ROW_STRIDE + e / LANES] = r < rows && j < count ? x[(i64)r * k + i + j] : 0.0f;
        }
        for (int c = LID; c < TILE_COLUMNS; c += LSZ) {
            /* A tile that reaches over an edge takes the last column again. */
            GLOBAL const u8 *stored = w + (i64)(column + c < n ? column + c : n - 1) * row_bytes;
            float16 low, high;
            if (count == LANES) {
                stored_lanes(stored, i, &low, &high);
            } else {
                stored_rest(stored, i, k, &low, &high);
            }
            float elements[LANES];
            vstore16(low, 0, elements);
            vstore16(high, 1, elements);
#pragma unroll
            for (int j = 0; j < LANES; j++) {
                weights[j * COLUMN_STRIDE + c] = elements[j];
            }
        }
        BARRIER;
        for (int j = 0; j < LANES; j++) {
            float a[ITEM_ROWS], b[ITEM_COLUMNS];
#pragma unroll
            for (int r = 0; r < ITEM_ROWS; r++) {
                a[r] = in[j * ROW_STRIDE + item_row + r];
            }
#pragma unroll
            for (int c = 0; c < ITEM_COLUMNS; c++) {
                b[c] = weights[j * COLUMN_STRIDE + item_column + c * ITEMS_ABREAST];
            }
#pragma unroll
            for (int s = 0; s < ITEM_ROWS * ITEM_COLUMNS; s++) {
                sums[s] = MAC(a[s / ITEM_COLUMNS], b[s % ITEM_COLUMNS], sums[s]);
            }
        }
        BARRIER;
    }
#pragma unroll
    for (int s = 0; s < ITEM_ROWS * ITEM_COLUMNS; s++) {
        int r = row + item_row + s / ITEM_COLUMNS, c = column + item_column + s % ITEM_COLUMNS * ITEMS_ABREAST;
        if (r < rows && c < n) {
            y[(i64)r * n + c] = biased ? FADD(sums[s], bias[c]) : sums[s];
        }
    }
}
