/* y = x · wᵀ + bias, as `linear_wide_tile`, where `rows` is 1. Traffic: w once. Work-items: ceil(n / 8), or more. */
#include "opencl.prelude.h"
#include "linear_row.h"

KERNEL void linear_wide_row(GLOBAL const float *x, GLOBAL const u16 *w, GLOBAL const float *bias, GLOBAL float *y, int rows, int n, int k,
                            int slices, int biased) {
    int column = GID * WIDE_ROW_COLUMNS;
    if (column >= n) {
        return;
    }
    float sums[WIDE_ROW_COLUMNS];
    vstore8(eight_columns(x, w, column, n, k, slices), 0, sums);
    for (int c = 0; c < WIDE_ROW_COLUMNS && column + c < n; c++) {
        y[column + c] = biased ? FADD(sums[c], bias[column + c]) : sums[c];
    }
}
