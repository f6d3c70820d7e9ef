/* out = cap · tanh(x / cap) (RULES, N20). A work-item per element. */
#include "tanh.h"

KERNEL void soft_cap(GLOBAL const float *x, GLOBAL float *out, int elements, float cap) {
    int i = GID;
    if (i < elements) {
        out[i] = capped(x[i], cap);
    }
}
