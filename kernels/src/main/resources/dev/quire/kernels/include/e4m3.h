/* 8-bit floats, E4M3FN (RULES, A8), in integers, exact on any device. */

#ifndef E4M3_INCLUDED /* the host's warps bring it too */
#define E4M3_INCLUDED
FN float e4m3_float(u32 code) {
    u32 sign = (code & 0x80u) << 24, magnitude = code & 0x7fu;
    if (magnitude < 8u) { /* free of subnormal float32 */
        return FLT((int)((u32)BITS(FMUL(I2F((int)magnitude), FLT(0x3b000000))) | sign));
    }
    return FLT((int)(sign | (magnitude == 0x7fu ? 0x7fc00000u : (magnitude + 960u) << 20)));
}

/* Rounded to nearest even; what is larger becomes the largest, 448. */
FN u8 e4m3_round(float x) {
    u32 bits = (u32)BITS(x), sign = bits >> 24 & 0x80u, magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) {
        return (u8)(sign | 0x7fu);
    }
    if (magnitude >= 0x43e00000u) {
        return (u8)(sign | 0x7eu);
    }
    if (magnitude < 0x3c800000u) { /* multiples of 2^-9, as float32s above 2^14 are */
        return (u8)(sign | (u32)(BITS(FADD(FLT((int)magnitude), FLT(0x46800000))) - 0x46800000));
    }
    return (u8)(sign | (((magnitude + 0x7ffffu + (magnitude >> 20 & 1u)) >> 20) - 960u));
}
#endif
