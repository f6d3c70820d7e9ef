/* A linear layer of one row: eight columns of weights stream through a work-item together. */
#include "opencl.prelude.h"
#define TILE_ROWS 1
#define TILE_COLUMNS WIDE_ROW_COLUMNS
#include "linear_wide.h"

KERNEL void linear_wide_row(GLOBAL const float *x, GLOBAL const u16 *w, GLOBAL const float *bias, GLOBAL float *y, int rows, int n, int k,
                            int slices, int biased) {
    linear_wide(x, w, bias, y, rows, n, k, slices, biased);
}
