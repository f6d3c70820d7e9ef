/* Activations as bf16 (RULES, N3): what `linear` multiplies. A work-item per element. */
#include "bf16.h"

KERNEL void round_rows(GLOBAL const float *x, GLOBAL u16 *out, int elements) {
    int i = GID;
    if (i < elements) {
        out[i] = bf16_round(x[i]);
    }
}
