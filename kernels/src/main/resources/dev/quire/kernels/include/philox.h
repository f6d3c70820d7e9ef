/* Philox 4×32 with ten rounds (Salmon et al. 2011 §4.3), and numbers below a mass (RULES, S6, S8 and W8). */

/* A block: x is the counter, and then its four words. */
FN void philox_block(u32 key0, u32 key1, u32 *x) {
    for (int round = 0; round < 10; round++) {
        u64 a = (u64)0xd2511f53u * x[0];
        u64 b = (u64)0xcd9e8d57u * x[2];
        x[0] = (u32)(b >> 32) ^ x[1] ^ key0;
        x[1] = (u32)b;
        x[2] = (u32)(a >> 32) ^ x[3] ^ key1;
        x[3] = (u32)a;
        key0 += 0x9e3779b9u;
        key1 += 0xbb67ae85u;
    }
}

/* The first two words of a block, as word0 · 2^32 + word1. */
FN u64 philox(u32 key0, u32 key1, u32 counter0, u32 counter1) {
    u32 x[4] = {counter0, counter1, 0, 0};
    philox_block(key0, key1, x);
    return (u64)x[0] << 32 | x[1];
}

/* The high 64 bits of fraction · mass. */
FN u64 below(u64 fraction, u64 mass) {
    u64 fraction_low = fraction & 0xffffffffu, fraction_high = fraction >> 32;
    u64 mass_low = mass & 0xffffffffu, mass_high = mass >> 32;
    u64 first = fraction_high * mass_low + (fraction_low * mass_low >> 32);
    u64 second = fraction_low * mass_high + (first & 0xffffffffu);
    return fraction_high * mass_high + (first >> 32) + (second >> 32);
}
