/* What the kernels on AMX's tiles share: how tiles are laid out in a call. */
#ifndef QUIRE_TILES_H
#define QUIRE_TILES_H

#include <stdint.h>

#pragma GCC target("avx512f,avx512bw,avx512vl,avx512bf16,xsave,amx-tile,amx-bf16,prefer-vector-width=512")
#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))
#define TILE 16
#define LINE 64L
#define FLUSH 0x8040 /* in MXCSR: subnormals count as zero, as for tiles */

#include "lanes.h"

/* The compiler does not know what tiles read: whatever was stored for them must be in memory by then. */
#define SETTLE __asm__ volatile("" : : : "memory")

/* Tiles 0 and 1 hold sums of the upper rows, 2 and 3 of the lower, 4 and 5 their left factors of up to 16 pairs, 6 and 7 right factors of 16 columns. */
INLINE void configure(int upper, int lower, int pairs) {
    struct {
        uint8_t palette, start, none[14];
        uint16_t bytes[16];
        uint8_t rows[16];
    } __attribute__((aligned(64))) tiles;
    _mm512_store_si512(&tiles, _mm512_setzero_si512());
    tiles.palette = 1;
    for (int t = 0; t < 8; t++) {
        tiles.rows[t] = (uint8_t)(t >= 6 ? pairs : t == 2 || t == 3 || t == 5 ? lower : upper);
        tiles.bytes[t] = (uint16_t)(t == 4 || t == 5 ? 4 * pairs : LINE);
    }
    __asm__ volatile("ldtilecfg %0" : : "m"(tiles)); /* the intrinsic of gcc 12 tells the compiler of its first eight bytes alone */
}

#endif
