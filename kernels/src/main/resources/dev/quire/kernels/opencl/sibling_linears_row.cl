/* Two or three linear layers of one row that read the same x, in one launch, since starting each would take as long as a third of its work: y = x · wᵀ
 * + bias, as `linear_wide_row`. Traffic: all w once. Work-items: ceil(n0 / 8) + ceil(n1 / 8) + ceil(n2 / 8), or more; n2 is 0 for two. */
#include "opencl.prelude.h"
#include "linear_row.h"

KERNEL void sibling_linears_row(GLOBAL const float *x, GLOBAL const u16 *w0, GLOBAL const u16 *w1, GLOBAL const u16 *w2,
                                GLOBAL const float *bias0, GLOBAL const float *bias1, GLOBAL const float *bias2, GLOBAL float *y0,
                                GLOBAL float *y1, GLOBAL float *y2, int n0, int n1, int n2, int k, int slices, int biased0, int biased1,
                                int biased2) {
    int run = GID;
    int runs0 = (n0 + WIDE_ROW_COLUMNS - 1) / WIDE_ROW_COLUMNS;
    int runs1 = (n1 + WIDE_ROW_COLUMNS - 1) / WIDE_ROW_COLUMNS;
    int first = run < runs0, second = !first && run < runs0 + runs1;
    int n = first ? n0 : second ? n1 : n2;
    int column = (first ? run : second ? run - runs0 : run - runs0 - runs1) * WIDE_ROW_COLUMNS;
    if (column >= n) {
        return;
    }
    GLOBAL const float *bias = first ? bias0 : second ? bias1 : bias2;
    GLOBAL float *y = first ? y0 : second ? y1 : y2;
    int biased = first ? biased0 : second ? biased1 : biased2;
    store_columns(eight_columns(x, first ? w0 : second ? w1 : w2, column, n, k, slices), bias, y, column, n, biased);
}
