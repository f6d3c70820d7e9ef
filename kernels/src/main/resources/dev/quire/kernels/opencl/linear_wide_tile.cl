/* A linear layer of a few rows: tiles of 4 × 3 outputs. */
#include "opencl.prelude.h"
#define TILE_ROWS WIDE_TILE_ROWS
#define TILE_COLUMNS WIDE_TILE_COLUMNS
#include "linear_wide.h"

KERNEL void linear_wide_tile(GLOBAL const float *x, GLOBAL const u16 *w, GLOBAL const float *bias, GLOBAL float *y, int rows, int n, int k,
                             int slices, int biased) {
    linear_wide(x, w, bias, y, rows, n, k, slices, biased);
}
