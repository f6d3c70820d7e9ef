/* y = act(x · gateᵀ) · (x · upᵀ) of up to 8 rows in FAST (RULES, N4, N16, N20, W1): the first half of a gated MLP, SwiGLU and its kin, as `linear_few`. A work-group
 * takes 16 columns of both matrices, half as many chunks of each under way. Traffic: both matrices once; neither product goes to memory. Limits:
 * K a multiple of CHUNK, both matrices of one format. Groups: ceil(n / 16). */
#include "cuda.prelude.h"
#include "activation.h"
#include "linear_few.h"

KERNEL void ITEMS_PER_GROUP(FEW_WARPS *WARP, 2)
    gated_few(const float *x, const u8 *gate, const u8 *up, float *y, int rows, int n, int k, int row_bytes, int activation) {
    LOCAL float partials[2 * FEW_PARTIALS];
    const u8 *w[2] = {gate, up};
    float sums[2][1][4];
    multiply_few(sums, x, w, GRP * FEW_COLUMNS, rows, n, k, row_bytes);
    float of_gate = few_total(partials, sums[0]);
    float of_up = few_total(partials + FEW_PARTIALS, sums[1]);
    FewPlace place = few_place(GRP * FEW_COLUMNS);
    if (few_holds(place, rows, n)) {
        y[(i64)place.row * n + place.column] = FMUL(activated(activation, of_gate), of_up);
    }
}
