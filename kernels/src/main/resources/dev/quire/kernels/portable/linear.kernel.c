/* y = x · wᵀ + bias on bf16 x [rows, k] and w [n, k] (RULES, N4 to N6). A work-group of 4 × 32 lanes gives 4 columns of 8 rows: each run of 32
 * lanes owns a column and reads its weights, 64 bytes at a time, once for all 8 rows. `slices` is 1, or 8 for a layer that is split.
 * Traffic: w once per 8 rows; x, cached, once per column. Groups: ceil(n / 4) · ceil(rows / 8), columns running fastest. */
#include "bf16.h"
#include "lanes.h"

KERNEL void linear(GLOBAL const u16 *x, GLOBAL const u16 *w, GLOBAL const float *bias, GLOBAL float *y, int rows, int n, int k, int slices,
                   int biased) {
    LOCAL float partials[LINEAR_ROWS * LINEAR_GROUP];
    LOCAL float sums[SLICES * LINEAR_ROWS * LINEAR_COLUMNS];
    int tiles = (n + LINEAR_COLUMNS - 1) / LINEAR_COLUMNS;
    int lane = LID % LANES;
    int run = LID / LANES;
    int column = GRP % tiles * LINEAR_COLUMNS + run;
    int first = GRP / tiles * LINEAR_ROWS;
    int count = column >= n ? 0 : rows - first < LINEAR_ROWS ? rows - first : LINEAR_ROWS;
    GLOBAL const u16 *weights = w + (i64)column * k;
    GLOBAL const u16 *in = x + (i64)first * k;
    for (int slice = 0; slice < slices; slice++) {
        int from = (int)((i64)slice * k / slices);
        int to = count == 0 ? from : (int)((i64)(slice + 1) * k / slices);
        float sum[LINEAR_ROWS];
        for (int r = 0; r < LINEAR_ROWS; r++) {
            sum[r] = 0.0f;
        }
        for (int i = from + lane; i < to; i += LANES) {
            float weight = bf16_float(weights[i]);
            for (int r = 0; r < LINEAR_ROWS; r++) {
                if (r < count) {
                    sum[r] = MAC(bf16_float(in[(i64)r * k + i]), weight, sum[r]);
                }
            }
        }
        for (int r = 0; r < LINEAR_ROWS; r++) {
            partials[r * LINEAR_GROUP + LID] = sum[r];
        }
        fold_lanes(partials + run * LANES, lane, LINEAR_ROWS, LINEAR_GROUP);
        if (lane < LINEAR_ROWS) {
            sums[(slice * LINEAR_COLUMNS + run) * LINEAR_ROWS + lane] = partials[lane * LINEAR_GROUP + run * LANES];
        }
        BARRIER;
    }
    if (lane < count) {
        LOCAL_POINTER float *slice = sums + run * LINEAR_ROWS + lane;
        for (int reach = slices / 2; reach > 0; reach /= 2) {
            for (int s = 0; s < reach; s++) {
                int at = s * LINEAR_COLUMNS * LINEAR_ROWS;
                slice[at] = FADD(slice[at], slice[at + reach * LINEAR_COLUMNS * LINEAR_ROWS]);
            }
        }
        y[(i64)(first + lane) * n + column] = biased ? FADD(slice[0], bias[column]) : slice[0];
    }
}
