/* bf16 (RULES, N3). */

/* Nearest even; magnitudes below 2^-56 become a zero of the same sign. */
FN u16 bf16_round(float x) {
    u32 bits = (u32)BITS(x);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return (u16)0x7fc0u;
    }
    u32 rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    return (u16)((rounded & 0x7fffu) < 0x2380u ? rounded & 0x8000u : rounded);
}

FN float bf16_float(u16 x) {
    return FLT((int)((u32)x << 16));
}
