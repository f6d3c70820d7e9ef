/* out = act(x) (RULES, N16). A work-item per element. */
#include "activation.h"

KERNEL void activate(GLOBAL const float *x, GLOBAL float *out, int elements, int activation) {
    int i = GID;
    if (i < elements) {
        out[i] = activated(activation, x[i]);
    }
}
