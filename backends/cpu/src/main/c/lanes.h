/* The end of a row that fills no whole vector, for all kernels that store or load such. */
#ifndef QUIRE_LANES_H
#define QUIRE_LANES_H

#include <immintrin.h>

/* Lanes of a vector of 16 from element i on that lie before `end`. */
INLINE __mmask16 lanes(int i, int end) {
    int left = end - i;
    return (__mmask16)(left <= 0 ? 0 : left >= 16 ? 0xffff : 0xffff >> (16 - left));
}

#endif
