/* Rope (RULES, N9), as `rope`, where a work-item is a whole vector unit: it takes a head of a row by itself, `heads` of them in a row. */
#include "opencl.prelude.h"

KERNEL void rope_wide(GLOBAL const float *x, GLOBAL const int *positions, int positions_at, GLOBAL const float *cosines,
                      GLOBAL const float *sines, GLOBAL float *out, int items, int heads, int pairs, int tail, int interleaved) {
    int head = GID; /* counted over all rows */
    if (head >= items) {
        return;
    }
    i64 at = (i64)head * (2 * pairs + tail);
    i64 angle = (i64)positions[positions_at + head / heads] * pairs;
    int step = interleaved ? 2 : 1, reach = interleaved ? 1 : pairs;
    for (int i = 0; i < pairs; i++) {
        i64 first = at + step * i;
        float a = x[first], b = x[first + reach], c = cosines[angle + i], s = sines[angle + i];
        out[first] = FSUB(FMUL(a, c), FMUL(b, s));
        out[first + reach] = FADD(FMUL(b, c), FMUL(a, s));
    }
    for (int i = 2 * pairs; i < 2 * pairs + tail; i++) {
        out[at + i] = x[at + i];
    }
}
