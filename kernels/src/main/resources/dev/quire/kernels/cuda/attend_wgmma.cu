/* Attention of many query vectors, prompts and chunks, over a paged context, by warp groups of compute capability 9.0 with roles of their own (Shah et
 * al. 2024, "FlashAttention-3", §3.1), in FAST. A work-group takes 128 vectors of one sequence that share a KV head, rows times the heads of the
 * group: two warp groups multiply 64 of them each with tiles of 128 tokens; of a third, one lane has the next STAGES − 1 tiles brought, in boxes of tensors
 * that are up to 64 tokens of a block. A stage has two meetings: it is full, it is read. Queries, keys and values are factors where they lie in local
 * memory; keys as [dimension, token], values as [token, dimension], as in a block. While one warp group makes exponentials the other multiplies.
 * Traffic: K and V once a tile of vectors. Local memory: 256 · HEAD bytes for vectors, 512 · HEAD a stage, and a pattern to begin at, asked for by the
 * launch. Limits: HEAD 64 or 128, blocks of a multiple of 8 tokens. Groups: tiles · kv_heads, the tiles of the last vectors, which see most, first. */
#include "cuda.prelude.h"
#include "attend_warp.h"
#include "wgmma.h"

#if CACHE == CACHE_F16
#define MULTIPLY_GROUP multiply_group_f16
#else
#define MULTIPLY_GROUP multiply_group_bf16
#endif

#define MULTIPLIERS 2 /* warp groups that multiply */
#define ROWS 64       /* vectors of each */
#define TILE 128      /* tokens */
#define TILE_UNITS (TILE / UNIT)
#define STEPS (HEAD / UNIT)
#define CHUNKS (HEAD / 8)              /* of 16 bytes, of a vector */
#define LINE 64                        /* elements of a line of vectors, and of values */
#define MATRIX_BYTES (TILE * HEAD * 2) /* of a tile's keys, or values */
#define STAGE_BYTES (2 * MATRIX_BYTES)
#define ROWS_BYTES (ROWS * HEAD * 2)
#define ITEMS ((MULTIPLIERS + 1) * WARP_GROUP)

/* Where a context lies, and where what any vector sees of it begins and ends. */
struct Context {
    const int *blocks;
    int from, to, block_size, kv_heads, kv_head;
};

/* Tokens of a box: as many of a block as a line of keys may have. */
FN int box_tokens(int block_size) {
    int most = block_size & -block_size;
    return most < LINE ? most : LINE;
}

/* Where a box lies: its page, counted in heads of blocks, and its first token there. */
struct Place {
    int page, offset;
};

/* Of a lane's box of the tile at t. Of boxes that no vector sees the page is −1, which lies outside the tensors. */
FN Place place_at(const Context &context, int t, int box) {
    int first = LID % WARP * box, token = t + first;
    int seen = first < TILE && token + box > context.from && token < context.to;
    int block = seen ? context.blocks[token / context.block_size] : 0;
    return {seen ? block * context.kv_heads + context.kv_head : -1, token % context.block_size};
}

/* Makes zeros of a tile's values that no vector sees: anything may lie there, and p · NaN is no 0. */
FN void clear_unseen(u8 *values, const Context &context, int t) {
    u32 zeros[4] = {0, 0, 0, 0};
    for (int i = LID % WARP; i < TILE * CHUNKS; i += WARP) {
        int row = i / CHUNKS, chunk = i % CHUNKS;
        if (t + row < context.from || t + row >= context.to) {
            store_local(values + chunk / 8 * TILE * 128 + line_chunk(row, chunk % 8), zeros);
        }
    }
}

/* Makes zeros of a tile's values that hold an infinity or NaN, eight dimensions at a time, and the first dimension of such a token's key NaN: then vectors that
 * see it answer NaN, and others nothing of it, for whom 0 times those values would be no 0 (RULES, M5). */
FN void set_aside(u8 *stage, int box) {
    int lane = LID % WARP;
    u32 zeros[4] = {0, 0, 0, 0};
#pragma unroll 1
    for (int first = 0; first < TILE; first += WARP) {
        u32 tokens = 0; /* a bit for each of a warp's */
#pragma unroll 1 /* its warp group has few registers */
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            u8 *at = stage + MATRIX_BYTES + chunk / 8 * TILE * 128 + line_chunk(first + lane, chunk % 8);
            const u32 *pairs = (const u32 *)at;
            if (BEYOND(pairs[0]) | BEYOND(pairs[1]) | BEYOND(pairs[2]) | BEYOND(pairs[3])) {
                store_local(at, zeros);
                tokens = 1u << lane;
            }
        }
        for (int lanes = 1; lanes < WARP; lanes *= 2) {
            tokens |= (u32)shuffle_xor((int)tokens, lanes);
        }
        u32 eight = lane < WARP / 8 ? tokens >> 8 * lane & 0xffu : 0;
        if (eight) {
            int token = first + 8 * lane; /* a box's first dimension is a line where patterns begin, in order */
            u8 *at = stage + token / box * box * HEAD * 2 + token % box * 2;
            u32 keys[4];
#pragma unroll
            for (int i = 0; i < 4; i++) {
                keys[i] = ((const u32 *)at)[i] | (eight >> 2 * i & 1u) * 0x7fffu | (eight >> (2 * i + 1) & 1u) * 0x7fff0000u;
            }
            store_local(at, keys);
        }
    }
}

/* What vectors see of warps that have any: others mask nothing. */
FN Range seen_by_all(const Range *ranges) {
    Range all = ranges[0];
    for (int w = 1; w < MULTIPLIERS * 4; w++) {
        if (ranges[w].high > ranges[w].low) {
            widen(all, ranges[w]);
        }
    }
    return all;
}

/* What the third warp group does, by a warp of which one lane copies: has tile after tile brought, box by box. A box of keys is a matrix of [dimension,
 * token] of its own, boxes of values are rows of one of [token, 64 dimensions]. A tile one of whose boxes is seen in part is shown once that is cleared, and one
 * that some vectors see and others do not, as `all` says, once values that are infinite or NaN are set aside. */
FN void bring(u8 *stages, u64 *full, u64 *read, u64 *landed, const TensorMap &keys, const TensorMap &values, const Context &context,
              const Range &all, int origin, int tiles, int box) {
    int copies = LID % WARP == 0, parts = 0;
    Place mine = place_at(context, origin, box);
    for (int i = 0; i < tiles; i++) {
        int t = origin + i * TILE;
        int cut = (t < context.from && context.from % box != 0) || (t + TILE > context.to && context.to % box != 0);
        int masked = some_masked(all, t < context.from ? context.from : t, t + TILE < context.to ? t + TILE : context.to);
        int part = cut || masked;
        u8 *stage = stages + i % STAGES * STAGE_BYTES;
        u64 *arrival = part ? landed : &full[i % STAGES];
        Place next = place_at(context, t + TILE, box);
        if (i >= STAGES) {
            meeting_wait(&read[i % STAGES], i / STAGES % 2 ^ 1);
        }
        if (copies) {
            meeting_expect(arrival, STAGE_BYTES);
        }
        for (int first = 0; first < TILE; first += box) {
            int page = shuffle_from(mine.page, first / box), offset = shuffle_from(mine.offset, first / box);
            if (copies) {
                copy_box(stage + first * HEAD * 2, keys, offset, 0, page, arrival);
#pragma unroll
                for (int d = 0; d < HEAD; d += LINE) {
                    copy_box(stage + MATRIX_BYTES + (d / LINE * TILE + first) * 128, values, d, offset, page, arrival);
                }
            }
        }
        if (part) {
            meeting_wait(landed, parts++ % 2);
            clear_unseen(stage + MATRIX_BYTES, context, t);
            WARP_SYNC;
            if (masked) {
                set_aside(stage, box);
            }
            show_products();
            WARP_SYNC;
            if (copies) {
                meeting_arrive(&full[i % STAGES]);
            }
        }
        mine = next;
    }
}

/* A warp's 16 vectors as factors: eight dimensions a lane at a time, zeros where there is no vector. */
FN void store_queries(u8 *rows, const float *q, const Sight &sight, int start, int vector, int last, int heads, int kv_head) {
    for (int i = LID % WARP; i < UNIT * CHUNKS; i += WARP) {
        int row = i / CHUNKS, chunk = i % CHUNKS, v = vector + row;
        u32 r[4] = {0, 0, 0, 0};
        if (v < last) {
            const float *from = q + ((i64)(start + v / sight.share) * heads + kv_head * sight.share + v % sight.share) * HEAD + 8 * chunk;
#pragma unroll
            for (int e = 0; e < 4; e++) {
                r[e] = PACK(IN_RANGE(from[2 * e]), IN_RANGE(from[2 * e + 1]));
            }
        }
        store_local(rows + chunk / 8 * ROWS * 128 + line_chunk(LID % WARP_GROUP / WARP * UNIT + row, chunk % 8), r);
    }
}

/* What a warp group that multiplies does with a tile. */
FN void attend_tile(float (&sums)[HEAD / 8][4], LaneVectors &mine, const u8 *rows, const u8 *stage, const ScoreRule &rule, int t, int whole, int box) {
    float dots[TILE / 8][4];
    u64 vectors = matrix(rows, matrix_form(128, 0)), keys = matrix(stage, matrix_form(2 * box, HEAD * box * 2));
    PRODUCTS_BEGIN;
#pragma unroll
    for (int s = 0; s < STEPS; s++) {
        MULTIPLY_GROUP(dots, vectors + (s / 4 * ROWS * 128 + s % 4 * 32) / 16, keys + s * (UNIT * box * 2 / 16), s > 0);
    }
    PRODUCTS_COMMIT;
    products_wait(dots);
    u32 p[TILE_UNITS][4];
    float shrunk[2];
    if (!soften(dots, mine, rule, t, whole, p, shrunk)) {
        shrink(sums, shrunk);
    }
    u64 values = matrix(stage + MATRIX_BYTES, matrix_form(128, TILE * 128));
    PRODUCTS_BEGIN;
#pragma unroll
    for (int u = 0; u < TILE_UNITS; u++) {
        MULTIPLY_GROUP(sums, p[u], values + u * UNIT * 128 / 16);
    }
    PRODUCTS_COMMIT;
    products_wait(sums);
}

KERNEL void ITEMS_PER_GROUP(ITEMS, 1)
    attend_wgmma(const float *q, TENSOR(keys), TENSOR(values), const int *step, const float *slopes, float *out, int tiles,
                 int tiles_at, int starts_at, int positions_at, int ends_at, int tables_at, int table_stride, int block_size, int heads,
                 int kv_heads, float scale, int mask, int window, int caps, float cap, int slanted) {
    LAUNCHED_LOCAL(local);
    LOCAL u64 full[STAGES], read[STAGES], landed;
    LOCAL Range ranges[MULTIPLIERS * 4];
    u8 *begin = local + (PATTERN - local_address(local) % PATTERN) % PATTERN;
    u8 *stages = begin + MULTIPLIERS * ROWS_BYTES;
    int tile = tiles - 1 - GRP / kv_heads, kv_head = GRP % kv_heads;
    int share = heads / kv_heads, lane = LID % WARP, warp = LID / WARP, group = LID / WARP_GROUP;
    int sequence = step[tiles_at + 2 * tile], vector = step[tiles_at + 2 * tile + 1] + warp * UNIT;
    int start = step[starts_at + sequence];
    int last = (step[starts_at + sequence + 1] - start) * share;
    Sight sight = {step + positions_at + start, slopes + kv_head * share, share, step[ends_at + sequence], mask, window, slanted};

    LaneVectors mine;
    Range range = {NEVER, 0, 0, NEVER};
    u8 *rows = begin + group * ROWS_BYTES;
    if (LID == 0) {
#pragma unroll
        for (int i = 0; i < STAGES; i++) {
            meeting_begin(&full[i], 1);
            meeting_begin(&read[i], MULTIPLIERS * 4);
        }
        meeting_begin(&landed, 1);
    }
    if (group < MULTIPLIERS) {
        lane_vectors(mine, sight, vector, last);
        range = warp_range(mine);
        store_queries(rows, q, sight, start, vector, last, heads, kv_head);
        show_products();
        if (lane == 0) {
            ranges[warp] = range;
        }
    }
    BARRIER; /* queries are there, and the meetings */
    Range all = ranges[0], ours = ranges[group < MULTIPLIERS ? group * 4 : 0];
    for (int w = 1; w < MULTIPLIERS * 4; w++) {
        widen(all, ranges[w]);
        if (w / 4 == group) {
            widen(ours, ranges[w]);
        }
    }
    int box = box_tokens(block_size), origin = all.low - all.low % box;
    int count = all.high > origin ? (all.high - origin + TILE - 1) / TILE : 0;

    if (group == MULTIPLIERS) {
        FEWER_REGISTERS(56);
        if (warp == MULTIPLIERS * 4) {
            const int *blocks = step + tables_at + (i64)sequence * table_stride;
            Context context = {blocks, all.low, all.high, block_size, kv_heads, kv_head};
            bring(stages, full, read, &landed, keys, values, context, seen_by_all(ranges), origin, count, box);
        }
    } else {
        MORE_REGISTERS(224);
        float sums[HEAD / 8][4];
#pragma unroll
        for (int e = 0; e < HEAD / 2; e++) {
            sums[e / 4][e % 4] = 0.0f;
        }
        ScoreRule rule = score_rule(scale, caps, cap, slanted);
        for (int i = 0; i < count; i++) {
            int t = origin + i * TILE;
            meeting_wait(&full[i % STAGES], i / STAGES % 2);
            if (t < ours.high && t + TILE > ours.low) {
                int whole = t >= range.all_low && t + TILE <= range.all_high && t + TILE <= all.high;
                attend_tile(sums, mine, rows, stages + i % STAGES * STAGE_BYTES, rule, t, whole, box);
            }
            WARP_SYNC;
            if (lane == 0) {
                meeting_arrive(&read[i % STAGES]);
            }
        }
#pragma unroll
        for (int r = 0; r < 2; r++) {
            float mass = mine.mass[r];
            mass += shuffle_xor(mass, 1);
            mass += shuffle_xor(mass, 2);
            int v = vector + lane / 4 + 8 * r;
            float each = mine.top[r] > MINUS_INFINITY ? FDIV(1.0f, mass) : 0.0f;
            float *to = out + ((i64)(start + v / share) * heads + kv_head * share + v % share) * HEAD + lane % 4 * 2;
#pragma unroll
            for (int n = 0; v < last && n < HEAD / 8; n++) {
                to[8 * n] = FMUL(sums[n][2 * r], each);
                to[8 * n + 1] = FMUL(sums[n][2 * r + 1], each);
            }
        }
    }
}
