/* The fold of 32 partial sums (RULES, N5). */
#include "constants.h"

/* Folds `runs` arrays of partials at once, `stride` apart: partials[lane] of each run ends as its sum where lane is 0. Every work-item of the
 * group calls it, lane being its own; a run has 32 work-items in a row, and a group any number of such rows, `partials` being its own row's. */
FN void fold_lanes(LOCAL_POINTER float *partials, int lane, int runs, int stride) {
    BARRIER;
    for (int reach = LANES / 2; reach > 0; reach /= 2) {
        if (lane < reach) {
            for (int run = 0; run < runs; run++) {
                partials[run * stride + lane] = FADD(partials[run * stride + lane], partials[run * stride + lane + reach]);
            }
        }
        BARRIER;
    }
}
