/* y = x · wᵀ + bias in FAST (RULES, W1 and W3): x [rows, k] is float32 and not rounded, w [n, k] stays as it is stored and is decoded in registers,
 * exactly. Work-groups, lanes and traffic are those of `linear`: 4 columns of 8 rows each, a lane every 32nd element, each weight decoded once
 * for 8 rows. Groups: ceil(n / 4) · ceil(rows / 8), columns running fastest. */
#include "decode.h"
#include "lanes.h"

KERNEL void linear_stored(GLOBAL const float *x, GLOBAL const u8 *w, GLOBAL const float *bias, GLOBAL float *y, int rows, int n, int k,
                          int row_bytes, int biased, int format) {
    LOCAL float partials[LINEAR_ROWS * LINEAR_GROUP];
    int tiles = (n + LINEAR_COLUMNS - 1) / LINEAR_COLUMNS;
    int lane = LID % LANES;
    int run = LID / LANES;
    int column = GRP % tiles * LINEAR_COLUMNS + run;
    int first = GRP / tiles * LINEAR_ROWS;
    int count = column < n ? (rows - first < LINEAR_ROWS ? rows - first : LINEAR_ROWS) : 0;
    GLOBAL const float *in = x + (i64)first * k;
    GLOBAL const u8 *weights = w + (i64)column * row_bytes;
    float sum[LINEAR_ROWS];
    for (int r = 0; r < LINEAR_ROWS; r++) {
        sum[r] = 0.0f;
    }
    for (int i = lane; count > 0 && i < k; i += LANES) {
        float weight = decode(format, weights, i);
        for (int r = 0; r < LINEAR_ROWS; r++) {
            if (r < count) {
                sum[r] = MAC(in[(i64)r * k + i], weight, sum[r]);
            }
        }
    }
    for (int r = 0; r < LINEAR_ROWS; r++) {
        partials[r * LINEAR_GROUP + LID] = sum[r];
    }
    fold_lanes(partials + run * LANES, lane, LINEAR_ROWS, LINEAR_GROUP);
    if (lane < count) {
        float total = partials[lane * LINEAR_GROUP + run * LANES];
        y[(i64)(first + lane) * n + column] = biased ? FADD(total, bias[column]) : total;
    }
}
