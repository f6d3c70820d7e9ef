/* y = x · wᵀ for the parts of rows that go to one expert, on bf16 (RULES, N22, N4 to N6). The work-groups are those of `linear` over all parts, 8
 * at a time; one with no part of the expert's reads their numbers and is done, and numbers are compared, never followed. A part's x is its row's
 * if `shared`, else its own. Traffic: w once per 8 parts of which one is the expert's. Groups: ceil(n / 4) · ceil(parts / 8), columns fastest. */
#include "bf16.h"
#include "lanes.h"

KERNEL void expert_linear(GLOBAL const u16 *x, GLOBAL const u16 *w, GLOBAL const int *experts, GLOBAL float *y, int expert, int parts,
                          int chosen, int n, int k, int slices, int shared) {
    LOCAL float partials[LINEAR_ROWS * LINEAR_GROUP];
    LOCAL float sums[SLICES * LINEAR_ROWS * LINEAR_COLUMNS];
    int tiles = (n + LINEAR_COLUMNS - 1) / LINEAR_COLUMNS;
    int lane = LID % LANES;
    int run = LID / LANES;
    int column = GRP % tiles * LINEAR_COLUMNS + run;
    int first = GRP / tiles * LINEAR_ROWS;
    int mine = 0;
    for (int r = 0; r < LINEAR_ROWS; r++) {
        mine |= first + r < parts && experts[first + r] == expert ? 1 << r : 0;
    }
    int turns = mine == 0 ? 0 : slices; /* the same for the whole group */
    int wanted = column < n ? mine : 0;
    GLOBAL const u16 *weights = w + (i64)column * k;
    for (int slice = 0; slice < turns; slice++) {
        int from = (int)((i64)slice * k / slices);
        int to = wanted == 0 ? from : (int)((i64)(slice + 1) * k / slices);
        float sum[LINEAR_ROWS];
        for (int r = 0; r < LINEAR_ROWS; r++) {
            sum[r] = 0.0f;
        }
        for (int i = from + lane; i < to; i += LANES) {
            float weight = bf16_float(weights[i]);
            for (int r = 0; r < LINEAR_ROWS; r++) {
                if ((wanted >> r & 1) != 0) {
                    i64 row = shared ? (first + r) / chosen : first + r;
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
    if (lane < LINEAR_ROWS && (wanted >> lane & 1) != 0) {
        LOCAL_POINTER float *slice = sums + run * LINEAR_ROWS + lane;
        for (int reach = slices / 2; reach > 0; reach /= 2) {
            for (int s = 0; s < reach; s++) {
                int at = s * LINEAR_COLUMNS * LINEAR_ROWS;
                slice[at] = FADD(slice[at], slice[at + reach * LINEAR_COLUMNS * LINEAR_ROWS]);
            }
        }
        y[(i64)(first + lane) * n + column] = slice[0];
    }
}
