/* y = act(x · wᵀ + bias) of up to 8 rows in FAST (RULES, N4, N16, W1), of up to three matrices of one format that multiply the same x: x [rows, k] is
 * rounded to bf16 as it is read, w [n, k] stays as it is stored and is decoded in registers. The matrices are read once, as fast as memory gives
 * them: a work-group takes 16 columns of one of them. On tensor cores w is the left factor, since 8 rows fill the right one. Traffic: w
 * once; x from the cache, once per 16 columns. Limits: K a multiple of CHUNK. Groups: ceil(n / 16) of each matrix; a matrix that is not there has n = 0. */
#include "cuda.prelude.h"
#include "activation.h"
#include "linear_few.h"

KERNEL void ITEMS_PER_GROUP(FEW_WARPS *WARP, 2)
    linear_few(const float *x, const u8 *w0, const u8 *w1, const u8 *w2, const float *bias0, const float *bias1, const float *bias2,
               float *y0, float *y1, float *y2, int n0, int n1, int n2, int rows, int k, int row_bytes, int activates, int activation) {
    LOCAL float partials[FEW_PARTIALS];
    int groups0 = (n0 + FEW_COLUMNS - 1) / FEW_COLUMNS, groups1 = (n1 + FEW_COLUMNS - 1) / FEW_COLUMNS;
    int which = GRP < groups0 ? 0 : GRP < groups0 + groups1 ? 1 : 2;
    int group = GRP - (which > 0 ? groups0 : 0) - (which > 1 ? groups1 : 0);
    const u8 *w[1] = {which == 0 ? w0 : which == 1 ? w1 : w2};
    const float *bias = which == 0 ? bias0 : which == 1 ? bias1 : bias2;
    float *y = which == 0 ? y0 : which == 1 ? y1 : y2;
    int n = which == 0 ? n0 : which == 1 ? n1 : n2;
    float sums[1][1][4];
    multiply_few(sums, x, w, group * FEW_COLUMNS, rows, n, k, row_bytes);
    float sum = few_total(partials, sums[0]);
    FewPlace place = few_place(group * FEW_COLUMNS);
    if (few_holds(place, rows, n)) {
        sum = bias ? FADD(sum, bias[place.column]) : sum;
        y[(i64)place.row * n + place.column] = activates ? activated(activation, sum) : sum;
    }
}
