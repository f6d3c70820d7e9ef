/* RmsNorm (RULES, N8) where a work-item is a whole vector unit. */
#include "wide.h"

/* Norms `width` elements. They are read twice, and come out rounded to bf16 where only matrices multiply them. */
FN void norm_run(GLOBAL const float *in, GLOBAL const float *weight, GLOBAL float *out, int width, float eps, int weighted, float offset,
                 int rounded) {
    float16 low = (float16)(0.0f), high = (float16)(0.0f);
    for (int i = 0; i < width; i += LANES) {
        int whole = i + LANES <= width;
        float16 a = whole ? vload16(0, in + i) : first_floats(in + i, width - i, width - i);
        float16 b = whole ? vload16(1, in + i) : first_floats(in + i + HALF_LANES, width - i - HALF_LANES, width - i - HALF_LANES);
        low = FADD(low, FMUL(a, a));
        high = FADD(high, FMUL(b, b));
    }
    float r = FDIV(1.0f, FSQRT(FADD(FDIV(fold_wide(low, high), I2F(width)), eps)));
    int i = 0;
    for (; i + HALF_LANES <= width; i += HALF_LANES) {
        float16 y = FMUL(vload16(0, in + i), r);
        if (weighted) {
            float16 w = vload16(0, weight + i);
            y = FMUL(y, offset == 0.0f ? w : FADD(w, offset));
        }
        vstore16(rounded ? wide_rounded(y) : y, 0, out + i);
    }
    for (; i < width; i++) {
        float y = FMUL(in[i], r);
        if (weighted) {
            y = FMUL(y, offset == 0.0f ? weight[i] : FADD(weight[i], offset));
        }
        out[i] = rounded ? bf16_float(bf16_round(y)) : y;
    }
}
