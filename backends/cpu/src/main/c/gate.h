/* Gates by SiLU (Shazeer 2020): silu(gate) * up, by themselves and straight from the sums of the two layers. */
#ifndef QUIRE_GATE_H
#define QUIRE_GATE_H

#include "curves.h"
#include "lanes.h"

/* Outputs of a panel. */
#define GATES 64

/* gate / (1 + exp(-gate)) * up, each operation rounded but for those within exp. */
INLINE __m512 gated(__m512 gate, __m512 up) {
    __m512 below = _mm512_add_ps(_mm512_set1_ps(1), exponential(_mm512_sub_ps(_mm512_setzero_ps(), gate)));
    return _mm512_mul_ps(_mm512_div_ps(gate, below), up);
}

/* Gates the sums of a pair of panels into rows that are `stride` values apart, 16 outputs at a time; `next` of them up to `end` are left. sums: [rows][2][64]. */
struct gating {
    const float *sums;
    short *out;
    long stride;
    int next, end;
};

/* All rows of up to 64 columns, rounded to bf16 as quire_narrow does, with a zero after an odd last one. */
INLINE void narrow_gated(int rows, int columns, const float *sums, short *out, long stride) {
    __mmask16 inside[GATES / 16];
    __mmask16 stored[GATES / 16];
    for (int u = 0; u < GATES / 16; u++) {
        inside[u] = lanes(16 * u, columns);
        stored[u] = lanes(16 * u, columns + columns % 2);
    }
    for (int r = 0; r < rows; r++, sums += 2 * GATES, out += stride) {
        for (int u = 0; u < GATES / 16; u++) {
            __m512 y = gated(_mm512_loadu_ps(sums + 16 * u), _mm512_loadu_ps(sums + GATES + 16 * u));
            _mm256_mask_storeu_epi16(out + 16 * u, stored[u], (__m256i)_mm512_maskz_cvtneps_pbh(inside[u], y));
        }
    }
}

/* The same for 64 columns, up to `most` times 16 of them. */
INLINE void gate_some(struct gating *g, int most) {
    int stop = g->end - g->next < most ? g->end : g->next + most;
    for (int i = g->next; i < stop; i++) {
        int row = i / (GATES / 16);
        int column = i % (GATES / 16) * 16;
        const float *from = g->sums + 2 * GATES * row + column;
        __m512 y = gated(_mm512_loadu_ps(from), _mm512_loadu_ps(from + GATES));
        _mm256_storeu_si256((__m256i *)(g->out + g->stride * row + column), (__m256i)_mm512_cvtneps_pbh(y));
    }
    g->next = stop;
}

#endif
