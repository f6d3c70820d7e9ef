/* What grouped.c and grouped_tiles.c know of groups of codes: GroupPacking's sizes, CompiledGroupedLinear's kinds, how scales are read. */
#ifndef QUIRE_GROUPS_H
#define QUIRE_GROUPS_H

#include <immintrin.h>

#define GROUP 32
#define WIDTH 64
#define WORDS (4 * WIDTH)
#define STRIPE (4 * WORDS)
#define INTS (GROUP / 2)

typedef enum { SCALES, SCALES_AND_MINIMUMS, INTEGER_SCALES_AND_MINIMUMS, EIGHT_BITS, EIGHT_BITS_BY_ROW, SCALES_AND_ZEROS } Kind;

INLINE __m512 half(const char *at) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)at));
}

INLINE __m512 whole(const char *at) {
    return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)at)));
}

#endif
