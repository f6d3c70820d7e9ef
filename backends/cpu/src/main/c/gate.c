/*
 * Gated MLPs by SiLU (Shazeer 2020); the twin in Java is Activate. Shape: a row after the other, 16 elements at a time. Traffic: gate and up once, in the cache
 * where a layer left them. Numerics: exp as curves.h has it, one division. Limits: as attend.c.
 */
#include "gate.h"

#define LANES 16

/* out = gate / (1 + exp(-gate)) * up for rows of `width` floats, from byte at_* of each and stride_* floats from row to row; out may be gate or up. */
void quire_gate(int rows, int width, const char *gate, int64_t at_gate, int64_t stride_gate, const char *up, int64_t at_up, int64_t stride_up, char *out,
                int64_t at_out, int64_t stride_out) {
    const float *g = (const float *)(gate + at_gate);
    const float *u = (const float *)(up + at_up);
    float *o = (float *)(out + at_out);
    for (int r = 0; r < rows; r++, g += stride_gate, u += stride_up, o += stride_out) {
        for (int i = 0; i < width; i += LANES) {
            __mmask16 inside = lanes(i, width);
            _mm512_mask_storeu_ps(o + i, inside, gated(_mm512_maskz_loadu_ps(inside, g + i), _mm512_maskz_loadu_ps(inside, u + i)));
        }
    }
}
