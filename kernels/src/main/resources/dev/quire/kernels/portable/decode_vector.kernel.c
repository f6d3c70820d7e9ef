/* A stored vector as float32 (RULES, W5). A work-item per element; runs once, when weights are loaded. */
#include "decode.h"

KERNEL void decode_vector(GLOBAL const u8 *stored, GLOBAL float *out, int elements, int format) {
    int i = GID;
    if (i < elements) {
        out[i] = decode(format, stored, i);
    }
}
