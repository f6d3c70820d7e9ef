/* y = ((x − mean) · r) · w + b over each run of `width` elements (RULES, N17). A work-group of 32 lanes per run; x is read three times. */
#include "lanes.h"

KERNEL void layer_norm(GLOBAL const float *x, GLOBAL const float *weight, GLOBAL const float *bias, GLOBAL float *out, int width, float eps,
                       int weighted, int biased) {
    LOCAL float partials[LANES];
    int lane = LID;
    GLOBAL const float *in = x + (i64)GRP * width;
    float sum = 0.0f;
    for (int i = lane; i < width; i += LANES) {
        sum = FADD(sum, in[i]);
    }
    partials[lane] = sum;
    fold_lanes(partials, lane, 1, 0);
    float mean = FDIV(partials[0], I2F(width));
    BARRIER;
    sum = 0.0f;
    for (int i = lane; i < width; i += LANES) {
        float d = FSUB(in[i], mean);
        sum = FADD(sum, FMUL(d, d));
    }
    partials[lane] = sum;
    fold_lanes(partials, lane, 1, 0);
    float r = FDIV(1.0f, FSQRT(FADD(FDIV(partials[0], I2F(width)), eps)));
    for (int i = lane; i < width; i += LANES) {
        float y = FMUL(FSUB(in[i], mean), r);
        y = weighted ? FMUL(y, weight[i]) : y;
        out[(i64)GRP * width + i] = biased ? FADD(y, bias[i]) : y;
    }
}
