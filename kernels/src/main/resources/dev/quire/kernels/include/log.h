/* log (RULES, N18): one written polynomial, with Cephes' coefficients, for x > 0 that is not subnormal, and −inf for 0. */
FN float canon_log(float x) {
    int bits = BITS(x);
    int exponent = (bits >> 23) - 126;
    float f = FLT((bits & 0x7fffff) | 0x3f000000);
    int below = f < 0.70710678f;
    float g = FSUB(below ? FADD(f, f) : f, 1.0f);
    float e = I2F(below ? exponent - 1 : exponent);
    float z = FMUL(g, g);
    float p = 7.0376836292e-2f;
    p = FADD(FMUL(p, g), -1.1514610310e-1f);
    p = FADD(FMUL(p, g), 1.1676998740e-1f);
    p = FADD(FMUL(p, g), -1.2420140846e-1f);
    p = FADD(FMUL(p, g), 1.4249322787e-1f);
    p = FADD(FMUL(p, g), -1.6668057665e-1f);
    p = FADD(FMUL(p, g), 2.0000714765e-1f);
    p = FADD(FMUL(p, g), -2.4999993993e-1f);
    p = FADD(FMUL(p, g), 3.3333331174e-1f);
    float y = FMUL(FMUL(p, g), z);
    y = FADD(y, FMUL(e, -2.12194440e-4f));
    y = FSUB(y, FMUL(z, 0.5f));
    y = FADD(FADD(g, y), FMUL(e, 0.693359375f));
    return x == 0.0f ? FLT((int)0xff800000u) : y;
}
