/* A linear layer of several rows in FAST, weights of FORMAT as they are stored: tiles of 4 × 3 outputs, each weight decoded once for 4 rows. */
#include "opencl.prelude.h"
#define TILE_ROWS WIDE_TILE_ROWS
#define TILE_COLUMNS WIDE_TILE_COLUMNS
#include "linear_stored_wide.h"

KERNEL void linear_stored_tile(GLOBAL const float *x, GLOBAL const u8 *w, GLOBAL const float *bias, GLOBAL float *y, int rows, int n, int k,
                               int row_bytes, int biased) {
    linear_stored_wide(x, w, bias, y, rows, n, k, row_bytes, biased);
}
