/* y = x · wᵀ for the parts of rows that go to one expert, in FAST (RULES, N22, W1 and W3): x is float32, w stays as it is stored, as in
 * `linear_stored`; work-groups and the choice of parts are those of `expert_linear`. Groups: ceil(n / 4) · ceil(parts / 8), columns fastest. */
#include "decode.h"
#include "lanes.h"

KERNEL void expert_linear_stored(GLOBAL const float *x, GLOBAL const u8 *w, GLOBAL const int *experts, GLOBAL float *y, int expert,
                                 int parts, int chosen, int n, int k, int row_bytes, int format, int shared) {
    LOCAL float partials[LINEAR_ROWS * LINEAR_GROUP];
    int tiles = (n + LINEAR_COLUMNS - 1) / LINEAR_COLUMNS;
    int lane = LID % LANES;
    int run = LID / LANES;
    int column = GRP % tiles * LINEAR_COLUMNS + run;
    int first = GRP / tiles * LINEAR_ROWS;
    int mine = 0;
    for (int r = 0; r < LINEAR_ROWS; r++) {
        mine |= first + r < parts && experts[first + r] == expert ? 1 << r : 0;
    }
    for (int turn = mine != 0; turn > 0; turn--) { /* the same for the whole group */
        int wanted = column < n ? mine : 0;
        GLOBAL const u8 *weights = w + (i64)column * row_bytes;
        float sum[LINEAR_ROWS];
        for (int r = 0; r < LINEAR_ROWS; r++) {
            sum[r] = 0.0f;
        }
        for (int i = lane; wanted != 0 && i < k; i += LANES) {
            float weight = decode(format, weights, i);
            for (int r = 0; r < LINEAR_ROWS; r++) {
                if ((wanted >> r & 1) != 0) {
                    i64 row = shared ? (first + r) / chosen : first + r;
                    sum[r] = MAC(x[row * k + i], weight, sum[r]);
                }
            }
        }
        for (int r = 0; r < LINEAR_ROWS; r++) {
            partials[r * LINEAR_GROUP + LID] = sum[r];
        }
        fold_lanes(partials + run * LANES, lane, LINEAR_ROWS, LINEAR_GROUP);
        if (lane < LINEAR_ROWS && (wanted >> lane & 1) != 0) {
            y[(i64)(first + lane) * n + column] = partials[lane * LINEAR_GROUP + run * LANES];
        }
    }
}
