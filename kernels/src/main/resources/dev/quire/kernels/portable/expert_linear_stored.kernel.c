/* y = x · wᵀ for the parts of rows, each with the matrix of its own expert, in FAST (RULES, N22, W1 and W3): x is float32, w stays as it is stored, as in
 * `linear_stored`; work-groups, tiles and matrices are those of `expert_linear`. Groups: ceil(n / 4) · tiles, columns fastest. */
#include "decode.h"
#include "lanes.h"

KERNEL void expert_linear_stored(GLOBAL const float *x, GLOBAL const u8 *w, GLOBAL const int *order, GLOBAL float *y, int begin, int end,
                                 int stride, int parts, int chosen, int n, int k, int row_bytes, int format, int shared) {
    LOCAL float partials[LINEAR_ROWS * LINEAR_GROUP];
    int columns = (n + LINEAR_COLUMNS - 1) / LINEAR_COLUMNS;
    int lane = LID % LANES;
    int run = LID / LANES;
    int column = GRP % columns * LINEAR_COLUMNS + run;
    GLOBAL const int *tile = order + parts + TILE_INTS * (GRP / columns);
    GLOBAL const int *mine = order + tile[0];
    int here = tile[1] > 0 && tile[2] >= begin && tile[2] < end; /* the same for the whole group */
    for (int turn = here; turn > 0; turn--) {
        int count = column < n ? tile[1] : 0;
        GLOBAL const u8 *weights = w + (i64)(tile[2] - begin) * stride * 256 + (i64)column * row_bytes;
        float sum[LINEAR_ROWS];
        for (int r = 0; r < LINEAR_ROWS; r++) {
            sum[r] = 0.0f;
        }
        for (int i = lane; count > 0 && i < k; i += LANES) {
            float weight = decode(format, weights, i);
            for (int r = 0; r < LINEAR_ROWS; r++) {
                if (r < count) {
                    i64 row = shared ? mine[r] / chosen : mine[r];
                    sum[r] = MAC(x[row * k + i], weight, sum[r]);
                }
            }
        }
        for (int r = 0; r < LINEAR_ROWS; r++) {
            partials[r * LINEAR_GROUP + LID] = sum[r];
        }
        fold_lanes(partials + run * LANES, lane, LINEAR_ROWS, LINEAR_GROUP);
        if (lane < count) {
            y[(i64)mine[lane] * n + column] = partials[lane * LINEAR_GROUP + run * LANES];
        }
    }
}
