/* Units of 16 tokens of a paged context on their way to tensor cores, for heads of HEAD elements, a multiple of 16. Keys lie in a block as [dimension,
 * token], values as [token, dimension], and in local memory as well, so fragments of both are loaded transposed. */
#include "attend_warp.h"
#include "copies.h"

#define STEPS (HEAD / UNIT)
#define UNIT_BYTES (UNIT * HEAD * 2) /* of keys or of values */
#define VALUE_CHUNKS (HEAD / 8)
#define TABLE 512 /* entries of a window of the block table */

/* Chunks of keys that a lane copies in a row, and of values: where sums need most registers, addresses get fewer. */
#ifndef COPIES_AT_ONCE
#define COPIES_AT_ONCE (HEAD > 128 ? 2 : HEAD / 16)
#endif

/* The context's part as a warp finds it: pages by block, and where its tokens begin and end. */
struct Part {
    const u16 *keys, *values;
    const int *window; /* block numbers from `origin` on */
    int origin, from, to, block_size, kv_heads, kv_head;
};

/* Where 8 tokens lie: their page, counted in heads of blocks, and their place in it. */
struct Eight {
    i64 page;
    int offset;
};

FN Eight eight_at(const Part &part, int t) {
    int block = t < part.to ? part.window[t / part.block_size - part.origin / part.block_size] : 0;
    return {(i64)block * part.kv_heads + part.kv_head, t % part.block_size};
}

FN void copy_keys(u8 *stage, const Part &part, int t) {
    int lane = LID % WARP, half = lane % 2;
    Eight eight = eight_at(part, t + 8 * half);
    const u16 *from = part.keys + eight.page * HEAD * part.block_size + eight.offset;
    int bytes = t + 8 * half < part.to ? 16 : 0;
#pragma unroll COPIES_AT_ONCE
    for (int i = 0; i < HEAD / 16; i++) {
        int d = lane / 2 + 16 * i;
        copy_async(stage + swizzled(d, half, 2), from + d * part.block_size, bytes);
    }
}

/* What no vector sees becomes zeros, since p · NaN is no 0. */
FN void copy_values(u8 *stage, const Part &part, int t) {
    Eight first = eight_at(part, t), second = eight_at(part, t + 8);
    const u16 *from[2] = {part.values + (first.page * part.block_size + first.offset) * HEAD,
                          part.values + (second.page * part.block_size + second.offset) * HEAD};
#pragma unroll COPIES_AT_ONCE
    for (int i = 0; i < HEAD / 16; i++) {
        int at = LID % WARP + WARP * i;
        int row = at / VALUE_CHUNKS, chunk = at % VALUE_CHUNKS;
        int seen = t + row >= part.from && t + row < part.to;
        copy_async(stage + swizzled(row, chunk, VALUE_CHUNKS), (row < 8 ? from[0] : from[1]) + row % 8 * HEAD + 8 * chunk, seen ? 16 : 0);
    }
}

/* sums += p · v of a unit. */
FN void weigh(float (&sums)[2 * STEPS][4], const u32 (&p)[4], const u8 *values) {
    int lane = LID % WARP;
#pragma unroll
    for (int s = 0; s < STEPS; s++) {
        u32 v[4];
        load_transposed(v, values + swizzled(lane % 16, 2 * s + lane / 16, VALUE_CHUNKS));
        MULTIPLY(sums[2 * s], p, v[0], v[1]);
        MULTIPLY(sums[2 * s + 1], p, v[2], v[3]);
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
