/*
 * Brings blocks of Q4_0, Q4_1, Q4_K and Q8_0 weights into panels; the layout is GroupPacking's, which is also the twin in Java. Shape: a panel of up to 64
 * rows at a time, block by block, so that a block's words of all rows are written together. Traffic: each block is read once and written once. A word holds
 * the codes of neighbours, the first one uppermost, turned right by nine bits: bytes are reversed, and the nibbles of eight are gathered by one instruction.
 * Limits: as attend.c, whose processors all gather bits. Calls nothing.
 */
#include <stdint.h>

#pragma GCC target("bmi2")
#include <immintrin.h>

#define WIDTH 64
#define WORDS (4 * WIDTH)
#define TURN 9
#define INFINITE 0x7c00
#define NIBBLES 0x0f0f0f0f0f0f0f0fUL

typedef enum { SCALES, SCALES_AND_MINIMUMS, INTEGER_SCALES_AND_MINIMUMS, EIGHT_BITS } Kind;

typedef uint16_t __attribute__((may_alias, aligned(1))) Half;
typedef uint32_t __attribute__((may_alias, aligned(1))) Word;
typedef uint64_t __attribute__((may_alias, aligned(1))) Eight;

static inline uint32_t turned(uint32_t codes) {
    return codes >> TURN | codes << (32 - TURN);
}

/* A group of 32 codes of 4 bits: the lower or, with a shift of 4, the upper halves of 32 bytes, or of 16 bytes first the lower and then the upper ones. */
static inline void nibbles(const uint8_t *from, int shift, char *to) {
    uint64_t codes = __builtin_bswap64(*(const Eight *)from) >> shift & NIBBLES;
    *(Word *)to = turned((uint32_t)_pext_u64(codes, NIBBLES));
}

static void pack_row(Kind kind, const uint8_t *block, char *to, int row) {
    char *codes = to + 4 * row;
    *(Half *)(to + 2 * row) = *(const Half *)block;
    switch (kind) {
    case SCALES:
    case SCALES_AND_MINIMUMS: {
        const uint8_t *from = block + 2;
        codes += 2 * WIDTH;
        if (kind == SCALES_AND_MINIMUMS) {
            *(Half *)(to + 2 * (WIDTH + row)) = *(const Half *)from;
            from += 2;
            codes += 2 * WIDTH;
        }
        for (int word = 0; word < 4; word++) {
            nibbles(from + 8 * (word % 2), 4 * (word / 2), codes + WORDS * word);
        }
        break;
    }
    case EIGHT_BITS:
        codes += 2 * WIDTH;
        for (int word = 0; word < 8; word++) {
            uint32_t four = *(const Word *)(block + 2 + 4 * word) ^ 0x80808080u;
            *(Word *)(codes + WORDS * word) = turned(__builtin_bswap32(four));
        }
        break;
    case INTEGER_SCALES_AND_MINIMUMS: {
        *(Half *)(to + 2 * (WIDTH + row)) = *(const Half *)(block + 2);
        char *scales = to + 4 * WIDTH + row;
        char *minimums = scales + 8 * WIDTH;
        const uint8_t *packed = block + 4;
        for (int g = 0; g < 4; g++) {
            int s = packed[g];
            int m = packed[4 + g];
            int both = packed[8 + g];
            scales[WIDTH * g] = s & 63;
            minimums[WIDTH * g] = m & 63;
            scales[WIDTH * (4 + g)] = (both & 15) | s >> 6 << 4;
            minimums[WIDTH * (4 + g)] = both >> 4 | m >> 6 << 4;
        }
        codes += 20 * WIDTH;
        for (int word = 0; word < 32; word++) {
            nibbles(block + 16 + word / 8 * 32 + 8 * (word % 4), word / 4 % 2 * 4, codes + WORDS * word);
        }
        break;
    }
    }
}

/*
 * Packs rows of blocks, stored one after another from data on, into the panel at to, whose other rows keep what they hold. stored: bytes of a stored block;
 * block_bytes: of a block of 64 outputs. Returns 0 where a scale or a minimum is not a finite number, and has then packed up to it; else 1.
 */
int quire_pack(int kind, const uint8_t *data, int rows, int blocks, int stored, char *to, int64_t block_bytes) {
    int minimums = kind == SCALES_AND_MINIMUMS || kind == INTEGER_SCALES_AND_MINIMUMS;
    for (int b = 0; b < blocks; b++, to += block_bytes) {
        const uint8_t *block = data + (int64_t)b * stored;
        for (int row = 0; row < rows; row++, block += (int64_t)blocks * stored) {
            if ((*(const Half *)block & INFINITE) == INFINITE || (minimums && (*(const Half *)(block + 2) & INFINITE) == INFINITE)) {
                return 0;
            }
            pack_row(kind, block, to, row);
        }
    }
    return 1;
}
