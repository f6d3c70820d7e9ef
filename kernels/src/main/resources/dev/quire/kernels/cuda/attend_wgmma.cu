/* Attention of many query vectors, prompts and chunks, over a paged context, by warp groups of compute capability 9.0 with roles of their own (Shah et
 * al. 2024, "FlashAttention-3", §3.1), in FAST. A work-group takes 128 vectors of one sequence that share a KV head, rows times the heads of the
 * group: two warp groups multiply 64 of them each with tiles of 128 tokens, a third copies the next STAGES − 1 tiles, page by page. A stage has two
 * meetings: it is full, it is read. Queries, keys and values are factors where they lie in local memory; keys as [dimension, token], values as [token,
 * dimension], as in a block. While one warp group makes exponentials the other multiplies.
 * Traffic: K and V once a tile of vectors. Local memory: 256 · HEAD bytes for vectors, 512 · HEAD a stage, and a pattern to begin at, asked for by the
 * launch. Limits: HEAD 64 or 128. Groups: tiles · kv_heads, the tiles of the last vectors, which see most, first. */
#include "cuda.prelude.h"
#include "attend_pages.h"
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
#define MATRIX_BYTES (TILE * HEAD * 2) /* of a tile's keys, or values */
#define STAGE_BYTES (2 * MATRIX_BYTES)
#define ROWS_BYTES (ROWS * HEAD * 2)
#define ITEMS ((MULTIPLIERS + 1) * WARP_GROUP)

/* Keys of a unit, tokens t to t + 15, into a tile of [64 tokens, dimension]. Eight lanes in a row bring eight dimensions, which lie in all banks. */
FN void copy_unit_keys(u8 *keys, const Part &part, int unit, int t) {
    int lane = LID % WARP, half = lane / 8 % 2, token = unit * UNIT + 8 * half;
    Neighbours tokens = neighbours_at(part, t + 8 * half);
    const u16 *from = part.keys + tokens.page * HEAD * part.block_size + tokens.offset;
    int bytes = t + 8 * half < part.to ? 16 : 0;
    u8 *to = keys + token / 64 * HEAD * 128;
#pragma unroll 2
    for (int i = 0; i < HEAD / 16; i++) {
        int d = lane % 8 + lane / 16 * 8 + 16 * i;
        copy_async(to + line_chunk(d, token % 64 / 8), from + d * part.block_size, bytes);
    }
}

/* Its values into a tile of [64 dimensions, token]. What no vector sees becomes zeros, since p · NaN is no 0. */
FN void copy_unit_values(u8 *values, const Part &part, int unit, int t) {
    Neighbours first = neighbours_at(part, t), second = neighbours_at(part, t + 8);
    const u16 *from[2] = {part.values + (first.page * part.block_size + first.offset) * HEAD,
                          part.values + (second.page * part.block_size + second.offset) * HEAD};
#pragma unroll 2
    for (int i = 0; i < HEAD / 16; i++) {
        int at = LID % WARP + WARP * i;
        int row = at / VALUE_CHUNKS, chunk = at % VALUE_CHUNKS;
        int seen = t + row >= part.from && t + row < part.to;
        copy_async(values + chunk / 8 * TILE * 128 + line_chunk(unit * UNIT + row, chunk % 8),
                   (row < 8 ? from[0] : from[1]) + row % 8 * HEAD + 8 * chunk, seen ? 16 : 0);
    }
}

/* What the third warp group does: brings tile after tile, and says so once its copies have arrived. */
FN void bring(u8 *stages, u64 *full, u64 *read, const Part &part, int origin, int tiles) {
    for (int i = 0; i < tiles; i++) {
        u8 *stage = stages + i % STAGES * STAGE_BYTES;
        if (i >= STAGES) {
            meeting_wait(&read[i % STAGES], i / STAGES % 2 ^ 1);
        }
        for (int unit = LID % WARP_GROUP / WARP; unit < TILE_UNITS; unit += WARP_GROUP / WARP) {
            int t = origin + i * TILE + unit * UNIT;
            copy_unit_keys(stage, part, unit, t);
            copy_unit_values(stage + MATRIX_BYTES, part, unit, t);
        }
        COPY_COMMIT;
        if (i > 0) {
            COPY_WAIT(1);
            show_products();
            meeting_arrive(&full[(i - 1) % STAGES]);
        }
    }
    COPY_WAIT(0);
    show_products();
    if (tiles > 0) {
        meeting_arrive(&full[(tiles - 1) % STAGES]);
    }
}

/* A warp's 16 vectors as factors: eight dimensions a lane at a time, zeros where there is no vector. */
FN void store_queries(u8 *rows, const float *q, const Sight &sight, int start, int vector, int last, int heads, int kv_head) {
    for (int i = LID % WARP; i < UNIT * VALUE_CHUNKS; i += WARP) {
        int row = i / VALUE_CHUNKS, chunk = i % VALUE_CHUNKS, v = vector + row;
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

/* As `soften`, of a tile's tokens at once. */
FN int soften_tile(float (&dots)[TILE / 8][4], LaneVectors &mine, const ScoreRule &rule, int t, int whole, u32 (&p)[TILE_UNITS][4],
                   float (&shrunk)[2]) {
    int plain = whole && rule.factor > 0.0f;
    float factor = plain ? rule.factor : 1.0f;
    if (!plain) {
#pragma unroll
        for (int e = 0; e < TILE / 2; e++) {
            int r = e / 2 % 2, token = t + e / 4 * 8 + LID % 4 * 2 + e % 2;
            float &s = dots[e / 4][e % 4];
            s = ruled(s, rule, mine.slope[r], token - mine.position[r]);
            s = token >= mine.low[r] && token < mine.high[r] ? s : MINUS_INFINITY;
        }
    }
    int grown = 0;
#pragma unroll
    for (int r = 0; r < 2; r++) {
        float most = MINUS_INFINITY;
#pragma unroll
        for (int n = 0; n < TILE / 8; n++) {
            most = larger(most, larger(dots[n][2 * r], dots[n][2 * r + 1]));
        }
        most = larger(most, shuffle_xor(most, 1));
        most = larger(FMUL(larger(most, shuffle_xor(most, 2)), factor), mine.top[r]);
        float origin = most == MINUS_INFINITY ? 0.0f : most;
        shrunk[r] = exp2_near(FSUB(mine.top[r], origin));
        grown |= most != mine.top[r];
        mine.top[r] = most;
        float sum = 0.0f;
#pragma unroll
        for (int n = 0; n < TILE / 8; n++) {
            float a = exp2_near(FMA(dots[n][2 * r], factor, -origin));
            float b = exp2_near(FMA(dots[n][2 * r + 1], factor, -origin));
            p[n / 2][n % 2 * 2 + r] = PACK(a, b);
            sum = FADD(sum, FADD(a, b));
        }
        mine.mass[r] = FMA(mine.mass[r], shrunk[r], sum);
    }
    return !warp_any(grown);
}

/* What a warp group that multiplies does with a tile. */
FN void attend_tile(float (&sums)[HEAD / 8][4], LaneVectors &mine, const u8 *rows, const u8 *stage, const ScoreRule &rule, int t, int whole) {
    float dots[TILE / 8][4];
    PRODUCTS_BEGIN;
#pragma unroll
    for (int s = 0; s < STEPS; s++) {
        u64 a = matrix(rows + s / 4 * ROWS * 128 + s % 4 * 32, 0);
        MULTIPLY_GROUP(dots, a, matrix(stage + s * UNIT * 128, HEAD * 128), s > 0);
    }
    PRODUCTS_COMMIT;
    products_wait(dots);
    u32 p[TILE_UNITS][4];
    float shrunk[2];
    if (!soften_tile(dots, mine, rule, t, whole, p, shrunk)) {
        shrink(sums, shrunk);
    }
    PRODUCTS_BEGIN;
#pragma unroll
    for (int u = 0; u < TILE_UNITS; u++) {
        MULTIPLY_GROUP(sums, p[u], matrix(stage + MATRIX_BYTES + u * UNIT * 128, TILE * 128));
    }
    PRODUCTS_COMMIT;
    products_wait(sums);
}

KERNEL void ITEMS_PER_GROUP(ITEMS, 1)
    attend_wgmma(const float *q, const u16 *keys, const u16 *values, const int *step, const float *slopes, float *out, int tiles,
                 int tiles_at, int starts_at, int positions_at, int ends_at, int tables_at, int table_stride, int block_size, int heads,
                 int kv_heads, float scale, int mask, int window, int caps, float cap, int slanted) {
    LAUNCHED_LOCAL(local);
    LOCAL u64 full[STAGES], read[STAGES];
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
            meeting_begin(&full[i], WARP_GROUP);
            meeting_begin(&read[i], MULTIPLIERS * 4);
        }
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
    int origin = all.low - all.low % UNIT;
    int count = all.high > origin ? (all.high - origin + TILE - 1) / TILE : 0;

    if (group == MULTIPLIERS) {
        FEWER_REGISTERS(56);
        const int *blocks = step + tables_at + (i64)sequence * table_stride;
        bring(stages, full, read, {keys, values, blocks, 0, all.low, all.high, block_size, kv_heads, kv_head}, origin, count);
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
                attend_tile(sums, mine, rows, stages + i % STAGES * STAGE_BYTES, rule, t, whole);
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
