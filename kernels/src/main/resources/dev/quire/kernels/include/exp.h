/* exp (RULES, N10): one written polynomial, with Cephes' coefficients. */
FN float canon_exp(float x) {
    float z = FADD(FMUL(x, 1.44269504f), 12582912.0f);
    float k = FSUB(z, 12582912.0f);
    float r = FSUB(x, FMUL(k, 0.693359375f));
    r = FSUB(r, FMUL(k, -2.12194440e-4f));
    float p = 1.9875691500e-4f;
    p = FADD(FMUL(p, r), 1.3981999507e-3f);
    p = FADD(FMUL(p, r), 8.3334519073e-3f);
    p = FADD(FMUL(p, r), 4.1665795894e-2f);
    p = FADD(FMUL(p, r), 1.6666665459e-1f);
    p = FADD(FMUL(p, r), 5.0000001201e-1f);
    p = FADD(FMUL(p, FMUL(r, r)), r);
    p = FADD(p, 1.0f);
    float y = FMUL(p, FLT((int)(((u32)BITS(z) - 0x4b400000u + 127u) << 23)));
    return x > 88.0f ? FLT(0x7f800000) : x < -87.0f ? 0.0f : y;
}
