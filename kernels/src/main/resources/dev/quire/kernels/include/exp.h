/* exp (RULES, N10): one written polynomial, with Cephes' coefficients, for float32s of any width. `real_of` makes them of words, `words_of` words
 * of them. */
#define CANON_EXP(name, real, real_of, words_of)                              \
    FN real name(real x) {                                                    \
        real z = FADD(FMUL(x, 1.44269504f), 12582912.0f);                     \
        real k = FSUB(z, 12582912.0f);                                        \
        real r = FSUB(x, FMUL(k, 0.693359375f));                              \
        r = FSUB(r, FMUL(k, -2.12194440e-4f));                                \
        real p = 1.9875691500e-4f;                                            \
        p = FADD(FMUL(p, r), 1.3981999507e-3f);                               \
        p = FADD(FMUL(p, r), 8.3334519073e-3f);                               \
        p = FADD(FMUL(p, r), 4.1665795894e-2f);                               \
        p = FADD(FMUL(p, r), 1.6666665459e-1f);                               \
        p = FADD(FMUL(p, r), 5.0000001201e-1f);                               \
        p = FADD(FMUL(p, FMUL(r, r)), r);                                     \
        p = FADD(p, 1.0f);                                                    \
        real y = FMUL(p, real_of((words_of(z) - 0x4b400000u + 127u) << 23));  \
        return x > 88.0f ? (real)FLT(0x7f800000) : x < -87.0f ? (real)0.0f : y; \
    }

#define WORD_FLOAT(word) FLT((int)(word))
#define FLOAT_WORD(x) ((u32)BITS(x))

CANON_EXP(canon_exp, float, WORD_FLOAT, FLOAT_WORD)
