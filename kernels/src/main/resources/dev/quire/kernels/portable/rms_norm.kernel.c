/* y = (x · r) · (w + offset), r = 1 / sqrt(mean(x²) + eps), over each run of `width` elements (RULES, N8). A work-group of 32 lanes per run; x is
 * read twice. */
#include "lanes.h"

KERNEL void rms_norm(GLOBAL const float *x, GLOBAL const float *weight, GLOBAL float *out, int width, float eps, int weighted, float offset) {
    LOCAL float partials[LANES];
    int lane = LID;
    GLOBAL const float *in = x + (i64)GRP * width;
    float sum = 0.0f;
    for (int i = lane; i < width; i += LANES) {
        sum = FADD(sum, FMUL(in[i], in[i]));
    }
    partials[lane] = sum;
    fold_lanes(partials, lane, 1, 0);
    float r = FDIV(1.0f, FSQRT(FADD(FDIV(partials[0], I2F(width)), eps)));
    for (int i = lane; i < width; i += LANES) {
        float y = FMUL(in[i], r);
        if (weighted) {
            y = FMUL(y, offset == 0.0f ? weight[i] : FADD(weight[i], offset));
        }
        out[(i64)GRP * width + i] = y;
    }
}
