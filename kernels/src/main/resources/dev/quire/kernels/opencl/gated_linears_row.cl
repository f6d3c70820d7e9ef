/* out = act(x · gateᵀ) · (x · upᵀ) of one row (RULES, N4 to N6, N16, N20), in one launch: a work-item takes the same eight columns of both layers, so
 * that no element waits for another launch. Traffic: both matrices once. Work-items: ceil(n / 8), or more. */
#include "opencl.prelude.h"
#include "activation.h"
#include "linear_row.h"

KERNEL void gated_linears_row(GLOBAL const float *x, GLOBAL const u16 *gate, GLOBAL const u16 *up, GLOBAL float *out, int n, int k,
                              int slices, int activation, int rounded) {
    int column = GID * WIDE_ROW_COLUMNS;
    if (column >= n) {
        return;
    }
    float gates[WIDE_ROW_COLUMNS], ups[WIDE_ROW_COLUMNS];
    vstore8(eight_columns(x, gate, column, n, k, slices), 0, gates);
    vstore8(eight_columns(x, up, column, n, k, slices), 0, ups);
    for (int c = 0; c < WIDE_ROW_COLUMNS && column + c < n; c++) {
        float y = FMUL(activated(activation, gates[c]), ups[c]);
        out[column + c] = rounded ? bf16_float(bf16_round(y)) : y;
    }
}
