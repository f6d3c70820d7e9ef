/* Linear layers of one row (RULES, N4 to N6) where a work-item is a whole vector unit. It takes eight columns one after another, so that their weights
 * come as one stream of 8 · k elements: several short streams at once halve the bandwidth. x [k] is float32 already rounded to bf16, with 16 elements
 * behind it that may be read; w [n, k] is bf16. */
#include "wide.h"

/* The 32 partial sums of a dot, folded once: lane i and lane i + 16 together. `readable` elements of w lie there, at least `count`. */
FN float16 folded_once(GLOBAL const float *x, GLOBAL const u16 *w, int count, int readable) {
    float16 low = (float16)(0.0f), high = (float16)(0.0f);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
        low = MAC(vload16(0, x + i), bf16_wide(vload16(0, w + i)), low);
        high = MAC(vload16(1, x + i), bf16_wide(vload16(1, w + i)), high);
    }
    if (i < count) {
        float16 in = select((float16)(0.0f), vload16(0, x + i), among_first(count - i));
        low = MAC(in, bf16_wide(first_shorts(w + i, count - i, readable - i)), low);
        i += HALF_LANES;
    }
    if (i < count) {
        float16 in = select((float16)(0.0f), vload16(0, x + i), among_first(count - i));
        high = MAC(in, bf16_wide(first_shorts(w + i, count - i, readable - i)), high);
    }
    return FADD(low, high);
}

/* Columns `column` to `column` + 7 without bias; those from `n` on mean nothing. */
FN float8 eight_columns(GLOBAL const float *x, GLOBAL const u16 *w, int column, int n, int k, int slices) {
    int count = n - column < 8 ? n - column : 8;
    float16 parts[8];
    float sums[8];
    for (int c = 0; c < count; c++) {
        GLOBAL const u16 *weights = w + (i64)(column + c) * k;
        int readable = column + c + 1 < n ? 2 * k : k; /* the next column lies behind */
        if (slices == 1) {
            parts[c] = folded_once(x, weights, k, readable);
        } else {
            for (int slice = 0; slice < SLICES; slice++) {
                int from = (int)((i64)slice * k / SLICES);
                int to = (int)((i64)(slice + 1) * k / SLICES);
                parts[slice] = folded_once(x + from, weights + from, to - from, readable - from);
            }
            float8 a = fold_eight(parts);
            float4 b = FADD(a.lo, a.hi);
            float2 d = FADD(b.lo, b.hi);
            sums[c] = FADD(d.x, d.y);
        }
    }
    return slices == 1 ? fold_eight(parts) : vload8(0, sums);
}

/* Stores those of eight columns that are there. */
FN void store_columns(float8 eight, GLOBAL const float *bias, GLOBAL float *y, int column, int n, int biased) {
    float sums[8];
    vstore8(eight, 0, sums);
    for (int c = 0; c < 8 && column + c < n; c++) {
        y[column + c] = biased ? FADD(sums[c], bias[column + c]) : sums[c];
    }
}
