/* The ends of rows and of loops, for all kernels. */
#ifndef QUIRE_LANES_H
#define QUIRE_LANES_H

#include <immintrin.h>

INLINE int least(int a, int b) {
    return a < b ? a : b;
}

INLINE int most(int a, int b) {
    return a > b ? a : b;
}

/* Lanes of a vector of 16 from element i on that lie before `end`. */
INLINE __mmask16 lanes(int i, int end) {
    int left = end - i;
    return (__mmask16)(left <= 0 ? 0 : left >= 16 ? 0xffff : 0xffff >> (16 - left));
}

#endif
