/* y = x · wᵀ + bias, as `linear_wide_tile`, where `rows` is 1. Traffic: w once. Work-items: ceil(n / 8), or more. */
#include "opencl.prelude.h"
#include "linear_row.h"

KERNEL void linear_wide_row(GLOBAL const float *x, GLOBAL const u16 *w, GLOBAL const float *bias, GLOBAL float *y, int rows, int n, int k,
                            int slices, int biased) {
    int column = GID * WIDE_ROW_COLUMNS;
    if (rows != 1 || column >= n) {
        return;
    }
    store_columns(eight_columns(x, w, column, n, k, slices), bias, y, column, n, biased);
}
