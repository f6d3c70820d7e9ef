/* A linear layer of many rows: tiles of 8 × 3 outputs, whose 24 sums, three weights and a row of x fill the 32 registers of a vector unit. */
#include "opencl.prelude.h"
#define TILE_ROWS WIDE_TALL_ROWS
#define TILE_COLUMNS WIDE_TILE_COLUMNS
#include "linear_wide.h"

KERNEL void linear_wide_tall(GLOBAL const float *x, GLOBAL const u16 *w, GLOBAL const float *bias, GLOBAL float *y, int rows, int n, int k,
                             int slices, int biased) {
    linear_wide(x, w, bias, y, rows, n, k, slices, biased);
}
