/* For devices whose work-item is a whole vector unit: the 32 lanes of a reduction (RULES, N5) in one work-item, as two float16. OpenCL C. */
#include "bf16.h"
#include "constants.h"
#include "exp.h"

#define HALF_LANES 16

/* Asks for the cache line of an element that is read soon. Clang's own word, where it is known, since PoCL's prefetch does nothing. */
#ifdef __has_builtin
#if __has_builtin(__builtin_prefetch)
#define PREFETCH(element) __builtin_prefetch((const void *)(size_t)(element), 0, 3)
#endif
#endif
#ifndef PREFETCH
#define PREFETCH(element) prefetch(element, 1)
#endif

FN float16 bf16_wide(ushort16 x) {
    return as_float16(convert_uint16(x) << 16);
}

CANON_EXP(wide_exp, float16, as_float16, as_uint16)
BF16_WORDS(wide_bf16_words, uint16)

/* Rounded to bf16, kept as float32. */
FN float16 wide_rounded(float16 x) {
    return as_float16(wide_bf16_words(as_uint16(x)));
}

/* The fold by xor 16, 8, 4, 2, 1. */
FN float fold_wide(float16 low, float16 high) {
    float16 a = FADD(low, high);
    float8 b = FADD(a.lo, a.hi);
    float4 c = FADD(b.lo, b.hi);
    float2 d = FADD(c.lo, c.hi);
    return FADD(d.x, d.y);
}

/* The other folds, by xor 8, 4, 2, 1, of eight sums at once: a vector holds two, then four, then eight of them. */
FN float8 fold_eight(const float16 *a) {
    float16 b[4], c[2];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        b[i] = FADD((float16)(a[2 * i].lo, a[2 * i + 1].lo), (float16)(a[2 * i].hi, a[2 * i + 1].hi));
    }
#pragma unroll
    for (int i = 0; i < 2; i++) {
        float16 x = b[2 * i], y = b[2 * i + 1];
        c[i] = FADD((float16)(x.s0123, x.s89ab, y.s0123, y.s89ab), (float16)(x.s4567, x.scdef, y.s4567, y.scdef));
    }
    float16 d = FADD((float16)(c[0].s014589cd, c[1].s014589cd), (float16)(c[0].s2367abef, c[1].s2367abef));
    return FADD(d.even, d.odd);
}

/* Which of half the lanes are among the first `count`. */
FN int16 among_first(int count) {
    return (int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(count);
}

/* The first `count` elements, then zeros; none where `count` is not positive. `readable` elements lie there, at least `count`. */
FN float16 first_floats(GLOBAL const float *x, int count, int readable) {
    if (readable >= HALF_LANES) {
        return select((float16)(0.0f), vload16(0, x), among_first(count));
    }
    float elements[HALF_LANES];
    for (int i = 0; i < HALF_LANES; i++) {
        elements[i] = i < count ? x[i] : 0.0f;
    }
    return vload16(0, elements);
}

FN ushort16 first_shorts(GLOBAL const u16 *x, int count, int readable) {
    if (readable >= HALF_LANES) {
        return select((ushort16)(0), vload16(0, x), convert_ushort16(as_uint16(among_first(count))));
    }
    u16 elements[HALF_LANES];
    for (int i = 0; i < HALF_LANES; i++) {
        elements[i] = i < count ? x[i] : (u16)0;
    }
    return vload16(0, elements);
}
