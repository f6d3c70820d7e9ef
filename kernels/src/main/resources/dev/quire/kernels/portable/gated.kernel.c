/* out = act(gate) · up (RULES, N16 and N20). A work-item per element. */
#include "activation.h"

KERNEL void gated(GLOBAL const float *gate, GLOBAL const float *up, GLOBAL float *out, int elements, int activation) {
    int i = GID;
    if (i < elements) {
        out[i] = FMUL(activated(activation, gate[i]), up[i]);
    }
}
