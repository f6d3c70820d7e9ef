/* y = x · wᵀ for the parts of rows, each with the matrix of its own expert, on bf16 (RULES, N22, N4 to N6). w holds the matrices of experts `begin` to
 * `end` - 1, `stride` · 256 bytes apart; `order` is from `sort_parts`. A work-group is that of `linear`: 4 columns of one tile's parts. A part's x is its
 * row's if `shared`, else its own. Traffic: an expert's w once per 8 of its parts, no other's. Groups: ceil(n / 4) · tiles, columns fastest. */
#include "bf16.h"
#include "lanes.h"

KERNEL void expert_linear(GLOBAL const u16 *x, GLOBAL const u16 *w, GLOBAL const int *order, GLOBAL float *y, int begin, int end, int stride,
                          int parts, int chosen, int n, int k, int slices, int shared) {
    LOCAL float partials[LINEAR_ROWS * LINEAR_GROUP];
    LOCAL float sums[SLICES * LINEAR_ROWS * LINEAR_COLUMNS];
    int columns = (n + LINEAR_COLUMNS - 1) / LINEAR_COLUMNS;
    int lane = LID % LANES;
    int run = LID / LANES;
    int column = GRP % columns * LINEAR_COLUMNS + run;
    GLOBAL const int *tile = order + parts + TILE_INTS * (GRP / columns);
    GLOBAL const int *mine = order + tile[0];
    int here = tile[1] > 0 && tile[2] >= begin && tile[2] < end; /* the same for the whole group */
    int turns = here ? slices : 0;
    int count = here && column < n ? tile[1] : 0;
    GLOBAL const u16 *weights = w + (here ? (i64)(tile[2] - begin) * stride * 128 : 0) + (i64)column * k;
    for (int slice = 0; slice < turns; slice++) {
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
                    i64 row = shared ? mine[r] / chosen : mine[r];
                    sum[r] = MAC(bf16_float(x[row * k + i]), weight, sum[r]);
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
        y[(i64)mine[lane] * n + column] = slice[0];
    }
}
