/* sum = a + b (RULES, N20) and its RmsNorm (N8), where a work-item is a whole vector unit: it takes one of `rows` rows of `width` by itself. The sum,
 * which the next residual needs, is still in cache when it is normed. */
#include "opencl.prelude.h"
#include "norm_wide.h"

KERNEL void add_rms_norm_wide(GLOBAL const float *a, GLOBAL const float *b, GLOBAL float *sum, GLOBAL const float *weight,
                              GLOBAL float *out, int rows, int width, float eps, int weighted, float offset, int rounded) {
    int row = GID;
    if (row >= rows) {
        return;
    }
    i64 at = (i64)row * width;
    int i = 0;
    for (; i + HALF_LANES <= width; i += HALF_LANES) {
        vstore16(FADD(vload16(0, a + at + i), vload16(0, b + at + i)), 0, sum + at + i);
    }
    for (; i < width; i++) {
        sum[at + i] = FADD(a[at + i], b[at + i]);
    }
    norm_run(sum + at, weight, out + at, width, eps, weighted, offset, rounded);
}
