/* out = silu(gate) · up (RULES, N16 and N20), as `gated`, with no choice to make for each element. A work-item per element. */
#include "opencl.prelude.h"
#include "activation.h"

KERNEL void gated_silu(GLOBAL const float *gate, GLOBAL const float *up, GLOBAL float *out, int elements) {
    int i = GID;
    if (i < elements) {
        out[i] = FMUL(activated(ACTIVATION_SILU, gate[i]), up[i]);
    }
}
