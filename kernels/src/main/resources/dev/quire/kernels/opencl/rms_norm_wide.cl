/* RmsNorm (RULES, N8), as `rms_norm`, where a work-item is a whole vector unit: it takes a run of `width` elements, `runs` in all, by itself. */
#include "opencl.prelude.h"
#include "wide.h"

KERNEL void rms_norm_wide(GLOBAL const float *x, GLOBAL const float *weight, GLOBAL float *out, int runs, int width, float eps,
                          int weighted, float offset) {
    int run = GID;
    if (run >= runs) {
        return;
    }
    GLOBAL const float *in = x + (i64)run * width;
    float16 low = (float16)(0.0f), high = (float16)(0.0f);
    for (int i = 0; i < width; i += LANES) {
        int whole = i + LANES <= width;
        float16 a = whole ? vload16(0, in + i) : first_floats(in + i, width - i, width - i);
        float16 b = whole ? vload16(1, in + i) : first_floats(in + i + HALF_LANES, width - i - HALF_LANES, width - i - HALF_LANES);
        low = FADD(low, FMUL(a, a));
        high = FADD(high, FMUL(b, b));
    }
    float r = FDIV(1.0f, FSQRT(FADD(FDIV(fold_wide(low, high), I2F(width)), eps)));
    for (int i = 0; i < width; i++) {
        float y = FMUL(in[i], r);
        if (weighted) {
            y = FMUL(y, offset == 0.0f ? weight[i] : FADD(weight[i], offset));
        }
        out[(i64)run * width + i] = y;
    }
}
