/* Correctly rounded quotient and square root in integer arithmetic, for devices whose own are not (RULES, N7). */

/* Shifts a subnormal's magnitude up to 24 bits; the exponent is that of the result. */
FN int normalized_exponent(u32 magnitude, u32 *significand) {
    int exponent = (int)(magnitude >> 23);
    u32 bits = magnitude & 0x7fffffu;
    if (exponent > 0) {
        *significand = bits | 0x800000u;
        return exponent;
    }
    for (exponent = 1; (bits & 0x800000u) == 0; exponent--) {
        bits <<= 1;
    }
    *significand = bits;
    return exponent;
}

FN float integer_division(float a, float b) {
    u32 x = (u32)BITS(a), y = (u32)BITS(b);
    u32 sign = (x ^ y) & 0x80000000u;
    x &= 0x7fffffffu;
    y &= 0x7fffffffu;
    if (x > 0x7f800000u || y > 0x7f800000u || (x == y && (x == 0 || x == 0x7f800000u))) {
        return FLT(0x7fc00000);
    }
    if (x == 0x7f800000u || y == 0) {
        return FLT((int)(sign | 0x7f800000u));
    }
    if (x == 0 || y == 0x7f800000u) {
        return FLT((int)sign);
    }
    u32 p, q;
    int exponent = normalized_exponent(x, &p) - normalized_exponent(y, &q) + 127;
    if (p < q) {
        p <<= 1;
        exponent--;
    }
    /* 27 bits: 24 of the result, two more, and one that says whether anything follows. */
    u64 quotient = ((u64)p << 26) / q;
    quotient |= (u64)(quotient * q != (u64)p << 26);
    int dropped = 3;
    if (exponent <= 0) {
        dropped = exponent < -26 ? 30 : 4 - exponent;
        exponent = 0;
    }
    u64 kept = quotient >> dropped;
    u64 rest = quotient & (((u64)1 << dropped) - 1);
    u64 middle = (u64)1 << (dropped - 1);
    kept += (u64)(rest > middle || (rest == middle && (kept & 1) != 0));
    if (exponent >= 255) {
        return FLT((int)(sign | 0x7f800000u));
    }
    /* The leading bit of a normal significand adds one to the exponent, and so does a carry out of it. */
    u32 magnitude = (u32)kept + (exponent > 0 ? (u32)(exponent - 1) << 23 : 0);
    return FLT((int)(sign | (magnitude > 0x7f800000u ? 0x7f800000u : magnitude)));
}

FN float integer_root(float a) {
    u32 x = (u32)BITS(a);
    if (x == 0 || x == 0x80000000u || x == 0x7f800000u) {
        return a;
    }
    if (x > 0x7f800000u) {
        return FLT(0x7fc00000);
    }
    u32 significand;
    int exponent = normalized_exponent(x, &significand) - 127;
    u64 radicand = significand;
    if ((exponent & 1) != 0) {
        radicand <<= 1;
        exponent--;
    }
    radicand <<= 25; /* its root has 25 bits, one more than the result */
    u64 root = 0;
    for (u64 bit = (u64)1 << 24; bit != 0; bit >>= 1) {
        if ((root + bit) * (root + bit) <= radicand) {
            root += bit;
        }
    }
    u32 result = (u32)(root >> 1);
    if ((root & 1) != 0 && (root * root != radicand || (result & 1) != 0)) {
        result++;
    }
    return FLT((int)(result + ((u32)(exponent / 2 + 126) << 23)));
}
