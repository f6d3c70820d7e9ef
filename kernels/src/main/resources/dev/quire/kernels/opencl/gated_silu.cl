/* out = silu(gate) · up (RULES, N16 and N20), as `gated`, with no choice to make for each element. A work-item per element. What only matrices
 * multiply comes out rounded to bf16 (N3). */
#include "opencl.prelude.h"
#include "activation.h"
#include "bf16.h"

KERNEL void gated_silu(GLOBAL const float *gate, GLOBAL const float *up, GLOBAL float *out, int elements, int rounded) {
    int i = GID;
    if (i < elements) {
        float y = FMUL(activated(ACTIVATION_SILU, gate[i]), up[i]);
        out[i] = rounded ? bf16_float(bf16_round(y)) : y;
    }
}
