/* Attention of many query vectors, prompts and chunks, over a paged context (Dao 2023, "FlashAttention-2"), in FAST. A work-group takes WARPS · M · 16
 * vectors of one sequence that share a KV head, rows times the heads of the group; each warp has M · 16 of them. It walks tiles of UNITS · 16 tokens:
 * asynchronous copies bring the next STAGES − 1 tiles, a warp each unit, while all warps multiply this one, a unit at a time. A fragment of keys
 * or values is loaded once for M · 16 vectors. Warps skip what none of their vectors sees and test masks only where some do not.
 * Traffic: K and V once a tile of vectors. Local memory: UNITS · STAGES · 64 · HEAD bytes, and what vectors take that are not held in
 * registers, asked for by the launch. Limits: as `attend_decode`; UNITS at most WARPS. Groups: tiles · kv_heads, the tiles of the last
 * vectors, which see most, first. */
#include "cuda.prelude.h"
#define COPIES_AT_ONCE 2
#include "attend_pages.h"

#define STEPS_AT_ONCE (M * HEAD > 128 ? 2 : STEPS) /* where sums need most registers, fragments of keys get fewer */
#define TILE_TOKENS (UNITS * UNIT)
#define TILE_BYTES (UNITS * 2 * UNIT_BYTES)

FN void copy_tile(u8 *stage, const Part &part, int t) {
    int warp = LID / WARP;
    if (warp < UNITS && t + warp * UNIT < part.to) {
        copy_keys(stage + warp * 2 * UNIT_BYTES, part, t + warp * UNIT);
        copy_values(stage + warp * 2 * UNIT_BYTES + UNIT_BYTES, part, t + warp * UNIT);
    }
    COPY_COMMIT;
}

/* A warp's vectors: sums, what they see, each and together, and where their fragments lie, [m, step, register, lane]. */
struct WarpTile {
    float sums[M][2 * STEPS][4];
    LaneVectors vectors[M];
    Range range;
    const u32 *query;
};

FN void attend_unit(WarpTile &mine, const u8 *unit, const ScoreRule &rule, const Part &part, int t) {
    int lane = LID % WARP;
    float dots[M][2][4];
#pragma unroll
    for (int e = 0; e < M * 8; e++) {
        dots[e / 8][e / 4 % 2][e % 4] = 0.0f;
    }
#pragma unroll STEPS_AT_ONCE
    for (int s = 0; s < STEPS; s++) {
        u32 k[4];
        key_factors(k, unit, s);
#pragma unroll
        for (int m = 0; m < M; m++) {
            u32 q[4];
#pragma unroll
            for (int i = 0; i < 4; i++) {
                q[i] = mine.query[((m * STEPS + s) * 4 + i) * WARP + lane];
            }
            MULTIPLY(dots[m][0], q, k[0], k[1]);
            MULTIPLY(dots[m][1], q, k[2], k[3]);
        }
    }
    u32 p[M][1][4];
    int whole = t >= mine.range.all_low && t + UNIT <= mine.range.all_high && t + UNIT <= part.to;
#pragma unroll
    for (int m = 0; m < M; m++) {
        float shrunk[2];
        if (!soften(dots[m], mine.vectors[m], rule, t, whole, p[m], shrunk)) {
            shrink(mine.sums[m], shrunk);
        }
    }
    if (values_beyond(unit + UNIT_BYTES, mine.range, part, t)) {
#pragma unroll
        for (int m = 0; m < M; m++) {
            weigh_seen(mine.sums[m], p[m][0], unit + UNIT_BYTES, mine.vectors[m], t);
        }
        return;
    }
#pragma unroll
    for (int s = 0; s < STEPS; s++) {
        u32 v[4];
        value_factors(v, unit + UNIT_BYTES, s);
#pragma unroll
        for (int m = 0; m < M; m++) {
            MULTIPLY(mine.sums[m][2 * s], p[m][0], v[0], v[1]);
            MULTIPLY(mine.sums[m][2 * s + 1], p[m][0], v[2], v[3]);
        }
    }
}

/* The tiles from `origin` to `stop` − 1. */
FN void walk(WarpTile &mine, u8 *stages, const Part &part, const ScoreRule &rule, int origin, int stop) {
    int tiles = (stop - origin + TILE_TOKENS - 1) / TILE_TOKENS;
#pragma unroll
    for (int i = 0; i < STAGES - 1; i++) {
        copy_tile(stages + i * TILE_BYTES, part, i < tiles ? origin + i * TILE_TOKENS : part.to);
    }
    for (int i = 0; i < tiles; i++) {
        COPY_WAIT(STAGES - 2);
        BARRIER; /* this tile is there, and all warps are done with the one before, whose place the next copy takes */
        int next = i + STAGES - 1;
        copy_tile(stages + next % STAGES * TILE_BYTES, part, next < tiles ? origin + next * TILE_TOKENS : part.to);
        const u8 *stage = stages + i % STAGES * TILE_BYTES;
        for (int u = 0; u < UNITS; u++) {
            int t = origin + i * TILE_TOKENS + u * UNIT;
            if (t < mine.range.high && t + UNIT > mine.range.low) {
                attend_unit(mine, stage + u * 2 * UNIT_BYTES, rule, part, t);
            }
        }
    }
    COPY_WAIT(0);
}

KERNEL void ITEMS_PER_GROUP(WARPS *WARP, 1)
    attend_prefill(const float *q, const cached *keys, const cached *values, const int *step, const float *slopes, float *out, int tiles,
                   int tiles_at, int starts_at, int positions_at, int ends_at, int tables_at, int table_stride, int block_size, int heads,
                   int kv_heads, float scale, int mask, int window, int caps, float cap, int slanted) {
    LAUNCHED_LOCAL(local);
    LOCAL int table[TABLE];
    LOCAL Range ranges[WARPS];
    int tile = tiles - 1 - GRP / kv_heads, kv_head = GRP % kv_heads;
    int share = heads / kv_heads, lane = LID % WARP, warp = LID / WARP;
    int sequence = step[tiles_at + 2 * tile], vector = step[tiles_at + 2 * tile + 1] + warp * M * UNIT;
    int start = step[starts_at + sequence];
    int last = (step[starts_at + sequence + 1] - start) * share;

    WarpTile mine;
    u32 *fragments = (u32 *)(local + STAGES * TILE_BYTES) + warp * M * STEPS * 4 * WARP;
    mine.query = fragments;
    Sight sight = {step + positions_at + start, slopes + kv_head * share, share, step[ends_at + sequence], mask, window, slanted};
    mine.range = {NEVER, 0, 0, NEVER};
#pragma unroll
    for (int m = 0; m < M; m++) {
        lane_vectors(mine.vectors[m], sight, vector + m * UNIT, last);
        widen(mine.range, warp_range(mine.vectors[m]));
        const float *rows[2];
#pragma unroll
        for (int r = 0; r < 2; r++) {
            int v = vector + m * UNIT + lane / 4 + 8 * r;
            i64 at = ((i64)(start + v / share) * heads + kv_head * share + v % share) * HEAD;
            rows[r] = v < last ? q + at : 0;
        }
#pragma unroll
        for (int s = 0; s < STEPS; s++) {
            u32 a[4];
            query_fragment(a, rows[0], rows[1], UNIT * s);
#pragma unroll
            for (int i = 0; i < 4; i++) {
                fragments[((m * STEPS + s) * 4 + i) * WARP + lane] = a[i];
            }
        }
#pragma unroll
        for (int n = 0; n < 2 * STEPS; n++) {
#pragma unroll
            for (int e = 0; e < 4; e++) {
                mine.sums[m][n][e] = 0.0f;
            }
        }
    }
    if (lane == 0) {
        ranges[warp] = mine.range;
    }
    BARRIER;
    Range all = mine.range;
    for (int w = 0; w < WARPS; w++) {
        widen(all, ranges[w]);
    }

    ScoreRule rule = score_rule(scale, caps, cap, slanted);
    Part part = {keys, values, table, 0, all.low, all.high, block_size, kv_heads, kv_head};
    int reach = window_tokens(block_size) / TILE_TOKENS * TILE_TOKENS;
    for (int origin = all.low - all.low % UNIT; origin < all.high; origin += reach) {
        int stop = load_window(table, part, step + tables_at + (i64)sequence * table_stride, origin, origin + reach, WARPS * WARP);
        walk(mine, local, part, rule, origin, stop);
    }

#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
        for (int r = 0; r < 2; r++) {
            float mass = mine.vectors[m].mass[r];
            mass += shuffle_xor(mass, 1);
            mass += shuffle_xor(mass, 2);
            int v = vector + m * UNIT + lane / 4 + 8 * r;
            float each = mine.vectors[m].top[r] > MINUS_INFINITY ? FDIV(1.0f, mass) : 0.0f;
            float *to = out + ((i64)(start + v / share) * heads + kv_head * share + v % share) * HEAD;
#pragma unroll
            for (int n = 0; v < last && n < 2 * STEPS; n++) {
                to[n / 2 * UNIT + IN_UNIT(n % 2, lane % 4 * 2)] = FMUL(mine.sums[m][n][2 * r], each);
                to[n / 2 * UNIT + IN_UNIT(n % 2, lane % 4 * 2 + 1)] = FMUL(mine.sums[m][n][2 * r + 1], each);
            }
        }
    }
}
