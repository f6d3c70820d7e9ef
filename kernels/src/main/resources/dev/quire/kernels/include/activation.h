/* The activations (RULES, N16). */
#include "constants.h"
#include "tanh.h"

/* The normal distribution function, by a polynomial for its tail. */
FN float normal_cdf(float x) {
    float z = FMUL(FLT(BITS(x) & 0x7fffffff), 0.70710678f);
    float t = FDIV(1.0f, FADD(FMUL(z, 0.5f), 1.0f));
    float u = FSUB(t, 0.5f);
    float p = 0.012283876538276672f;
    p = FADD(FMUL(p, u), -0.06797724217176437f);
    p = FADD(FMUL(p, u), 0.04646453261375427f);
    p = FADD(FMUL(p, u), 0.09742482006549835f);
    p = FADD(FMUL(p, u), -0.1029663234949112f);
    p = FADD(FMUL(p, u), -0.17202596366405487f);
    p = FADD(FMUL(p, u), 0.14574384689331055f);
    p = FADD(FMUL(p, u), 0.5589430928230286f);
    p = FADD(FMUL(p, u), 0.6871609091758728f);
    p = FADD(FMUL(p, u), 0.5107913613319397f);
    float tail = FMUL(FMUL(FMUL(canon_exp(-FMUL(z, z)), t), p), 0.5f);
    return x < 0.0f ? tail : FSUB(1.0f, tail);
}

/* x over 1 + exp(y) */
FN float logistic(float x, float y) {
    return FDIV(x, FADD(canon_exp(y), 1.0f));
}

FN float activated(int activation, float x) {
    switch (activation) {
        case ACTIVATION_SILU:
            return logistic(x, -x);
        case ACTIVATION_GELU:
            return FMUL(x, normal_cdf(x));
        case ACTIVATION_GELU_TANH: {
            float cubic = FMUL(0.044715f, FMUL(x, FMUL(x, x)));
            return logistic(x, FMUL(FMUL(0.79788456f, FADD(x, cubic)), -2.0f));
        }
        case ACTIVATION_QUICK_GELU:
            return logistic(x, FMUL(x, -1.702f));
        case ACTIVATION_RELU:
            return x > 0.0f ? x : 0.0f;
        case ACTIVATION_RELU_SQUARED:
            return x > 0.0f ? FMUL(x, x) : 0.0f;
        case ACTIVATION_TANH:
            return canon_tanh(x);
        default: /* ACTIVATION_SIGMOID */
            return logistic(1.0f, -x);
    }
}
