/* RmsNorm (RULES, N8), as `rms_norm`, where a work-item is a whole vector unit: it takes a run of `width` elements, `runs` in all, by itself. */
#include "opencl.prelude.h"
#include "norm_wide.h"

KERNEL void rms_norm_wide(GLOBAL const float *x, GLOBAL const float *weight, GLOBAL float *out, int runs, int width, float eps,
                          int weighted, float offset, int rounded) {
    int run = GID;
    if (run < runs) {
        norm_run(x + (i64)run * width, weight, out + (i64)run * width, width, eps, weighted, offset, rounded);
    }
}
