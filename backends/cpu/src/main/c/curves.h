/* exp by a polynomial of degree six, within two units in the last place, and tanh by it, within 2^-23. */
#ifndef QUIRE_CURVES_H
#define QUIRE_CURVES_H

#include <stdint.h>

#pragma GCC target("avx512f,avx512bw,avx512vl,avx512bf16,prefer-vector-width=512")
#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))
#define LEAST -88.0f

/* 2^(x / ln 2) by 2^n times a polynomial in what rounding to n leaves, between -ln 2 / 2 and ln 2 / 2. */
INLINE __m512 exponential(__m512 x) {
    x = _mm512_max_ps(_mm512_set1_ps(LEAST), x); /* the second argument where one is not a number */
    __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(0x1.715476p+0f)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0x1.62e4p-1f), x);
    r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0x1.7f7d1cp-20f), r);
    __m512 y = _mm512_set1_ps(1.0f / 720);
    y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(1.0f / 120));
    y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(1.0f / 24));
    y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(1.0f / 6));
    y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(0.5f));
    y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(1.0f));
    y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(1.0f));
    return _mm512_scalef_ps(y, n);
}

/* Its error is absolute: near zero, where scores are capped by it, the difference of two numbers near one. */
INLINE __m512 hyperbolic_tangent(__m512 x) {
    __m512 one = _mm512_set1_ps(1.0f);
    __m512 twice = _mm512_add_ps(exponential(_mm512_add_ps(x, x)), one);
    return _mm512_sub_ps(one, _mm512_div_ps(_mm512_set1_ps(2.0f), twice));
}

#endif
