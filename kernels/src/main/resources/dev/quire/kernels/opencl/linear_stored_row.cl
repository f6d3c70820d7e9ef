/* A linear layer of one row in FAST, weights of FORMAT as they are stored: four columns stream through a work-item together. */
#include "opencl.prelude.h"
#define TILE_ROWS 1
#define TILE_COLUMNS WIDE_STORED_COLUMNS
#include "linear_stored_wide.h"

KERNEL void linear_stored_row(GLOBAL const float *x, GLOBAL const u8 *w, GLOBAL const float *bias, GLOBAL float *y, int rows, int n, int k,
                              int row_bytes, int biased) {
    linear_stored_wide(x, w, bias, y, rows, n, k, row_bytes, biased);
}
