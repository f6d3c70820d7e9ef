/* binary16 in integers, exact on any device. */

#ifndef F16_INCLUDED /* the host's warps bring it too */
#define F16_INCLUDED
FN float f16_float(u32 h) {
    u32 sign = (h & 0x8000u) << 16;
    u32 exponent = (h >> 10) & 31u;
    u32 significand = h & 1023u;
    if (exponent == 0) { /* exact, and free of subnormal float32 */
        return FLT((int)((u32)BITS(FMUL(I2F((int)significand), FLT(0x33800000))) | sign));
    }
    return FLT((int)(sign | (exponent == 31u ? 0x7f800000u : (exponent + 112u) << 23) | (significand << 13)));
}

/* Rounded to nearest even (RULES, A7). */
FN u16 f16_round(float x) {
    u32 bits = (u32)BITS(x), sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) {
        return (u16)(sign | 0x7e00u);
    }
    if (magnitude >= 0x477ff000u) { /* 65520 and more */
        return (u16)(sign | 0x7c00u);
    }
    if (magnitude < 0x38800000u) { /* multiples of 2^-24, as float32s above 0.5 are */
        return (u16)(sign | (u32)(BITS(FADD(FLT((int)magnitude), 0.5f)) - 0x3f000000));
    }
    return (u16)(sign | (((magnitude + 0xfffu + (magnitude >> 13 & 1u)) >> 13) - 0x1c000u));
}

/* The one at a place; a dialect may have an instruction for it. */
#ifndef F16_LOAD
#define F16_LOAD(at) f16_float(*(at))
#endif
#endif
