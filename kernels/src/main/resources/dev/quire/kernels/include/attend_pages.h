/* Units of 16 tokens of a paged context on their way to tensor cores, for heads of HEAD elements, a multiple of 16. Keys lie in a block as [dimension,
 * token], values as [token, dimension], and in local memory as well, so fragments of both are loaded transposed. Elements of F8_E4M3 are loaded as
 * pairs and taken apart in registers; of their values, rows of even tokens lie before those of odd ones, since a factor holds both of a pair. */
#include "attend_warp.h"
#include "copies.h"

#define STEPS (HEAD / UNIT)
#define ELEMENT_BYTES ((int)sizeof(cached))
#define UNIT_BYTES (UNIT * HEAD * ELEMENT_BYTES) /* of keys or of values */
#define CHUNK (16 / ELEMENT_BYTES)               /* elements of a copy */
#define KEY_CHUNKS (UNIT / CHUNK)
#define VALUE_CHUNKS (HEAD / CHUNK)
#define TABLE 512 /* entries of a window of the block table */

#define COPIES ((UNIT * VALUE_CHUNKS + WARP - 1) / WARP) /* of a lane, keys or values */

/* Chunks of keys that a lane copies in a row, and of values: where sums need most registers, addresses get fewer. */
#ifndef COPIES_AT_ONCE
#define COPIES_AT_ONCE (HEAD > 128 ? 2 : COPIES)
#endif

#if CACHE == CACHE_F8_E4M3
#define VALUE_ROW(token) ((token) % 2 * 8 + (token) / 2)

/* Two matrices of pairs as factors: the first elements of each, then the second ones. */
FN void load_narrow(u32 (&f)[4], const u8 *row) {
    u32 pairs[2];
    load_transposed(pairs, row);
    f[0] = widen_e4m3(pairs[0] << 8);
    f[1] = widen_e4m3(pairs[1] << 8);
    f[2] = widen_e4m3(pairs[0]);
    f[3] = widen_e4m3(pairs[1]);
}
#else
#define VALUE_ROW(token) (token)
#endif

/* The context's part as a warp finds it: pages by block, and where its tokens begin and end. */
struct Part {
    const cached *keys, *values;
    const int *window; /* block numbers from `origin` on */
    int origin, from, to, block_size, kv_heads, kv_head;
};

/* Where tokens that are copied together lie: their page, counted in heads of blocks, and their place in it. */
struct Neighbours {
    i64 page;
    int offset;
};

FN Neighbours neighbours_at(const Part &part, int t) {
    int block = t < part.to ? part.window[t / part.block_size - part.origin / part.block_size] : 0;
    return {(i64)block * part.kv_heads + part.kv_head, t % part.block_size};
}

FN void copy_keys(u8 *stage, const Part &part, int t) {
    int lane = LID % WARP, chunk = lane % KEY_CHUNKS;
    Neighbours tokens = neighbours_at(part, t + CHUNK * chunk);
    const cached *from = part.keys + tokens.page * HEAD * part.block_size + tokens.offset;
    int bytes = t + CHUNK * chunk < part.to ? 16 : 0;
#pragma unroll COPIES_AT_ONCE
    for (int i = 0; i < COPIES; i++) {
        int d = lane / KEY_CHUNKS + WARP / KEY_CHUNKS * i;
        if (UNIT * VALUE_CHUNKS % WARP == 0 || d < HEAD) {
            copy_async(stage + swizzled(d, chunk, KEY_CHUNKS), from + d * part.block_size, bytes);
        }
    }
}

/* What no vector sees becomes zeros, since p · NaN is no 0. */
FN void copy_values(u8 *stage, const Part &part, int t) {
    Neighbours first = neighbours_at(part, t), second = neighbours_at(part, t + 8);
    const cached *from[2] = {part.values + (first.page * part.block_size + first.offset) * HEAD,
                             part.values + (second.page * part.block_size + second.offset) * HEAD};
#pragma unroll COPIES_AT_ONCE
    for (int i = 0; i < COPIES; i++) {
        int at = LID % WARP + WARP * i;
        int row = at / VALUE_CHUNKS, chunk = at % VALUE_CHUNKS;
        int seen = t + row >= part.from && t + row < part.to;
        if (UNIT * VALUE_CHUNKS % WARP == 0 || row < UNIT) {
            copy_async(stage + swizzled(VALUE_ROW(row), chunk, VALUE_CHUNKS), (row < 8 ? from[0] : from[1]) + row % 8 * HEAD + CHUNK * chunk,
                       seen ? 16 : 0);
        }
    }
}

/* Factors of products with dimensions 16 s to 16 s + 15 of a unit's keys: two for each half of its tokens. */
FN void key_factors(u32 (&k)[4], const u8 *keys, int s) {
    int lane = LID % WARP;
#if CACHE == CACHE_F8_E4M3
    load_narrow(k, keys + swizzled(UNIT * s + lane % 16, 0, KEY_CHUNKS));
#else
    load_transposed(k, keys + swizzled(UNIT * s + lane % 16, lane / 16, KEY_CHUNKS));
#endif
}

/* The same of a unit's values: two for each half of those dimensions. */
FN void value_factors(u32 (&v)[4], const u8 *values, int s) {
    int lane = LID % WARP;
#if CACHE == CACHE_F8_E4M3
    load_narrow(v, values + swizzled(lane % 16, s, VALUE_CHUNKS));
#else
    load_transposed(v, values + swizzled(lane % 16, 2 * s + lane / 16, VALUE_CHUNKS));
#endif
}

/* sums += p · v of a unit. */
FN void weigh(float (&sums)[2 * STEPS][4], const u32 (&p)[4], const u8 *values) {
#pragma unroll
    for (int s = 0; s < STEPS; s++) {
        u32 v[4];
        value_factors(v, values, s);
        MULTIPLY(sums[2 * s], p, v[0], v[1]);
        MULTIPLY(sums[2 * s + 1], p, v[2], v[3]);
    }
}

/* Whether a unit's values, some of which some vectors do not see, hold an infinity or NaN: 0 times that is no 0, so products would bring it to all vectors. */
FN int values_beyond(const u8 *values, const Range &range, const Part &part, int t) {
    int from = t < part.from ? part.from : t, to = t + UNIT < part.to ? t + UNIT : part.to;
    if (!some_masked(range, from, to)) {
        return 0;
    }
    u32 found = 0;
#pragma unroll 2
    for (int i = LID % WARP; i < UNIT_BYTES / 16; i += WARP) {
        const u32 *words = (const u32 *)(values + 16 * i);
        found |= BEYOND(words[0]) | BEYOND(words[1]) | BEYOND(words[2]) | BEYOND(words[3]);
    }
    return warp_any(found != 0);
}

/* The same sums, a token at a time: what a vector does not see changes nothing (RULES, M5). For units with such values alone. */
FN void weigh_seen(float (&sums)[2 * STEPS][4], const u32 (&p)[4], const u8 *values, const LaneVectors &mine, int t) {
#pragma unroll
    for (int s = 0; s < STEPS; s++) {
        u32 v[4];
        value_factors(v, values, s);
        weigh_tokens(sums[2 * s], sums[2 * s + 1], p, v, mine, t);
    }
}

/* Tokens that a window of the block table holds from any multiple of 16 on; a multiple of 16 itself. */
FN int window_tokens(int block_size) {
    int tokens = (TABLE - 1) * block_size;
    return tokens - tokens % UNIT;
}

/* Brings a group of `items` the window of the block table from `origin` to `end` or the end of the part, which it returns. */
FN int load_window(int *table, Part &part, const int *blocks, int origin, int end, int items) {
    int stop = end < part.to ? end : part.to;
    BARRIER; /* the window before is no longer read */
    part.origin = origin;
    for (int i = LID; (origin / part.block_size + i) * part.block_size < stop; i += items) {
        table[i] = blocks[origin / part.block_size + i];
    }
    BARRIER;
    return stop;
}
