/* out = x · 1 / √(mean(x²) + eps) · weight in FAST on GPUs with sub-groups: a sub-group, of whatever size, takes a run of x at a time and adds its squares
 * without local memory. Traffic: x twice, the second time from cache, and out once. Groups: any number of LINEAR_GROUP. */
#include "opencl.prelude.h"
#include "constants.h"
#include "sub_group.h"

KERNEL void rms_norm_sub_group(GLOBAL const float *x, GLOBAL const float *weight, GLOBAL float *out, int runs, int n, float eps, int weighted,
                               float offset) {
    int lane = (int)get_sub_group_local_id();
    int width = (int)get_sub_group_size();
    int together = (int)get_num_sub_groups();
    for (int run = GRP * together + (int)get_sub_group_id(); run < runs; run += GROUPS * together) {
        GLOBAL const float *in = x + (i64)run * n;
        float sum = 0.0f;
        for (int i = lane; i < n; i += width) {
            sum = FADD(sum, FMUL(in[i], in[i]));
        }
        float factor = FDIV(1.0f, FSQRT(FADD(FDIV(sub_group_reduce_add(sum), I2F(n)), eps)));
        for (int i = lane; i < n; i += width) {
            float scale = weighted ? FADD(weight[i], offset) : 1.0f;
            out[(i64)run * n + i] = FMUL(FMUL(in[i], factor), scale);
        }
    }
}
