/* Activations rounded to bf16 (RULES, N3) and kept as float32, for kernels that would expand them again and again. A work-item per element. */
#include "opencl.prelude.h"
#include "bf16.h"

KERNEL void round_floats(GLOBAL const float *x, GLOBAL float *out, int elements) {
    int i = GID;
    if (i < elements) {
        out[i] = bf16_float(bf16_round(x[i]));
    }
}
