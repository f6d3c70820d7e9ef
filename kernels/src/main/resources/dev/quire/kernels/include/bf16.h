/* bf16 (RULES, N3). */

/* The words of float32s, rounded to nearest even; magnitudes below 2^-56 become a zero of the same sign. */
#define BF16_WORDS(name, words)                                                          \
    FN words name(words bits) {                                                          \
        words rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) & 0xffff0000u;            \
        words tiny = rounded & 0x80000000u;                                              \
        words kept = (rounded & 0x7fffffffu) < 0x23800000u ? tiny : rounded;             \
        return (bits & 0x7fffffffu) > 0x7f800000u ? (words)0x7fc00000u : kept;           \
    }

BF16_WORDS(bf16_word, u32)

FN u16 bf16_round(float x) {
    return (u16)(bf16_word((u32)BITS(x)) >> 16);
}

FN float bf16_float(u16 x) {
    return FLT((int)((u32)x << 16));
}
