/* tanh and the soft cap (RULES, N15 and N14). */
#include "exp.h"

FN float canon_tanh(float x) {
    float a = FLT(BITS(x) & 0x7fffffff);
    float s = FMUL(x, x);
    float p = -5.70498872745e-3f;
    p = FADD(FMUL(p, s), 2.06390887954e-2f);
    p = FADD(FMUL(p, s), -5.37397155531e-2f);
    p = FADD(FMUL(p, s), 1.33314422036e-1f);
    p = FADD(FMUL(p, s), -3.33332819422e-1f);
    float near = FADD(FMUL(FMUL(p, s), x), x);
    float far = FSUB(1.0f, FDIV(2.0f, FADD(canon_exp(FMUL(a, 2.0f)), 1.0f)));
    return a < 0.625f ? near : x < 0.0f ? -far : far;
}

FN float capped(float x, float cap) {
    return FMUL(canon_tanh(FDIV(x, cap)), cap);
}
