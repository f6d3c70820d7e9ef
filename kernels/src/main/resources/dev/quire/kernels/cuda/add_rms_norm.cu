/* sum = a + b (RULES, N20) and its RmsNorm (N8), in FAST. A work-group of NORM_GROUP takes a row of `width`; it adds up squares by warps, then across
 * them. Traffic: a and b read, the sum and the norm written; the sum is read again from the cache, by who wrote it. Groups: rows. */
#include "cuda.prelude.h"
#include "constants.h"
#include "warp.h"

KERNEL void ITEMS_PER_GROUP(NORM_GROUP, 1)
    add_rms_norm(const float *a, const float *b, float *sum, const float *weight, float *out, int rows, int width, float eps, int weighted,
                 float offset) {
    LOCAL float partials[NORM_GROUP / WARP];
    i64 at = (i64)GRP * width;
    float squares = 0.0f;
    for (int i = LID; i < width; i += NORM_GROUP) {
        float s = FADD(a[at + i], b[at + i]);
        sum[at + i] = s;
        squares = FMA(s, s, squares);
    }
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
        squares = FADD(squares, shuffle_xor(squares, lanes));
    }
    if (LID % WARP == 0) {
        partials[LID / WARP] = squares;
    }
    BARRIER;
    float total = 0.0f;
    for (int w = 0; w < NORM_GROUP / WARP; w++) {
        total = FADD(total, partials[w]);
    }
    float r = FDIV(1.0f, FSQRT(FADD(FDIV(total, I2F(width)), eps)));
    for (int i = LID; i < width; i += NORM_GROUP) {
        float y = FMUL(sum[at + i], r);
        out[at + i] = weighted ? FMUL(y, FADD(weight[i], offset)) : y;
    }
}
