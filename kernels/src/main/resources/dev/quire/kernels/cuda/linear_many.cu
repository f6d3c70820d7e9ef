/* y = x · wᵀ + bias of more than 8 rows in FAST, as `linear_few`, but that x is bf16 already: a warp takes 32 columns of 64 rows and walks all of K, so
 * a decoded fragment of w serves 64 rows, and one of x, 32 columns; warps of a work-group have neighbouring columns and share x in the cache.
 * Traffic: w once per 64 rows.
 * Limits: K a multiple of CHUNK. Groups: ceil(n / (MANY_WARPS · 32)) · ceil(rows / 64), rows running fastest, so that w stays in the cache. */
#include "cuda.prelude.h"
#include "linear_warp.h"

#define ROW_TILES (MANY_ROWS / 8)
#define COLUMN_TILES (MANY_COLUMNS / 16)

KERNEL void ITEMS_PER_GROUP(MANY_WARPS *WARP, 2)
    linear_many(const u16 *x, const u8 *w, const float *bias, float *y, int rows, int n, int k, int row_bytes, int biased) {
    int lane = LID % WARP, warp = LID / WARP;
    int row_groups = (rows + MANY_ROWS - 1) / MANY_ROWS;
    int top = GRP % row_groups * MANY_ROWS;
    int first = (GRP / row_groups * MANY_WARPS + warp) * COLUMN_TILES * 16;
    const u8 *columns[COLUMN_TILES][2];
    float sums[COLUMN_TILES][ROW_TILES][4];
#pragma unroll
    for (int c = 0; c < COLUMN_TILES; c++) {
#pragma unroll
        for (int r = 0; r < 2; r++) {
            int column = first + 16 * c + lane / 4 + 8 * r;
            columns[c][r] = w + (i64)(column < n ? column : n - 1) * row_bytes;
        }
#pragma unroll
        for (int e = 0; e < 4 * ROW_TILES; e++) {
            sums[c][e / 4][e % 4] = 0.0f;
        }
    }
    for (int chunk = 0; chunk < k / CHUNK; chunk++) {
        Chunk now[COLUMN_TILES];
#pragma unroll
        for (int c = 0; c < COLUMN_TILES; c++) {
            load_chunk(now[c], columns[c], chunk);
        }
#pragma unroll
        for (int group = 0; group < GROUPS_PER_CHUNK; group++) {
            u32 b[ROW_TILES][4];
#pragma unroll
            for (int t = 0; t < ROW_TILES; t++) {
                int row = top + 8 * t + lane / 4;
                x_fragments(b[t], x + (i64)(row < rows ? row : rows - 1) * k, chunk * CHUNK + 32 * group);
            }
            float of_x[ROW_TILES][2];
            x_sums(of_x, b);
#pragma unroll
            for (int c = 0; c < COLUMN_TILES; c++) {
                multiply_group(sums[c], b, of_x, now[c], chunk, group);
            }
        }
    }
#pragma unroll
    for (int c = 0; c < COLUMN_TILES; c++) {
#pragma unroll
        for (int e = 0; e < 4 * ROW_TILES; e++) {
            int column = first + 16 * c + lane / 4 + e % 4 / 2 * 8, row = top + e / 4 * 8 + lane % 4 * 2 + e % 2;
            if (column < n && row < rows) {
                float sum = sums[c][e / 4][e % 4];
                y[(i64)row * n + column] = biased ? FADD(sum, bias[column]) : sum;
            }
        }
    }
}
