/* y = x · wᵀ + bias of a single row in FAST on GPUs with sub-groups (RULES, W1 and W3): x [rows, k] is float32 and not rounded; w [n, k] stays as it is stored, in
 * FORMAT, and is decoded in registers. A sub-group, of whatever size, takes an output at a time: its lanes walk over k side by side, so that weights come in
 * whole lines, and add their sums without local memory. Traffic: w once for each row, x, cached, once per column. Groups: any number of LINEAR_GROUP. */
#include "opencl.prelude.h"
#include "sub_group.h"
#include "decode.h"

KERNEL void linear_sub_group(GLOBAL const float *x, GLOBAL const u8 *w, GLOBAL const float *bias, GLOBAL float *y, int rows, int n, int k,
                             int row_bytes, int biased) {
    int lane = (int)get_sub_group_local_id();
    int width = (int)get_sub_group_size();
    int together = (int)get_num_sub_groups();
    for (int output = GRP * together + (int)get_sub_group_id(); output < rows * n; output += GROUPS * together) {
        int column = output % n;
        GLOBAL const float *in = x + (i64)(output / n) * k;
        GLOBAL const u8 *weights = w + (i64)column * row_bytes;
        float sum = 0.0f;
        for (int i = lane; i < k; i += width) {
            sum = MAC(in[i], decode(FORMAT, weights, i), sum);
        }
        sum = sub_group_reduce_add(sum);
        if (lane == 0) {
            y[output] = biased ? FADD(sum, bias[column]) : sum;
        }
    }
}
