/* Attention of few query vectors over a long paged context (Kwon et al. 2023; Dao et al. 2023, "Flash-Decoding"), in FAST. A work-group takes up to 16
 * vectors of one sequence that share a KV head, rows times the heads of the group, over one of `splits` parts of what they see; `attend_merge` joins
 * the parts. Its warps go on by themselves, every WARPS-th unit of 16 tokens each: keys and values arrive by asynchronous copies, STAGES units deep,
 * in halves, and meet the vectors on tensor cores. The part's block table lies in local memory, a window at a time. Keys lie in a block as
 * [dimension, token], values as [token, dimension], so fragments of both are loaded transposed.
 * Traffic: K and V once; 16 · HEAD floats a part. Local memory: WARPS · STAGES · 64 · HEAD bytes, half of that over F8_E4M3, asked for by the launch. Limits:
 * HEAD a multiple of 16 to 256, blocks of 8 tokens or a multiple, of 16 over F8_E4M3. Groups: tiles · kv_heads · splits, splits running fastest. */
#include "cuda.prelude.h"
#include "attend_pages.h"

#define STAGE_BYTES (2 * UNIT_BYTES)

/* The vectors as fragments: a lane keeps its own in registers, or where these are wanted for sums, all are in local memory. */
struct Query {
#if HEAD > 128
    const u32 *local; /* [step, register, lane] */
#else
    u32 held[STEPS][4];
#endif
};

FN void query_step(u32 (&a)[4], const Query &query, int s) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
#if HEAD > 128
        a[i] = query.local[(4 * s + i) * WARP + LID % WARP];
#else
        a[i] = query.held[s][i];
#endif
    }
}

/* dots = q · kᵀ of a unit. */
FN void score(float (&dots)[2][4], const Query &query, const u8 *keys) {
#pragma unroll
    for (int e = 0; e < 8; e++) {
        dots[e / 4][e % 4] = 0.0f;
    }
#pragma unroll
    for (int s = 0; s < STEPS; s++) {
        u32 q[4], k[4];
        query_step(q, query, s);
        key_factors(k, keys, s);
        MULTIPLY(dots[0], q, k[0], k[1]);
        MULTIPLY(dots[1], q, k[2], k[3]);
    }
}

/* Every WARPS-th unit from `first` to `last` − 1. */
FN void stream(float (&sums)[2 * STEPS][4], LaneVectors &mine, const Range &range, const Query &query, u8 *stages, const Part &part, int first, int last,
               const ScoreRule &rule) {
    int units = last > first ? (last - first + WARPS - 1) / WARPS : 0;
#pragma unroll
    for (int i = 0; i < STAGES - 1; i++) {
        u8 *stage = stages + i * STAGE_BYTES;
        if (i < units) {
            copy_keys(stage, part, (first + i * WARPS) * UNIT);
        }
        COPY_COMMIT;
        if (i < units) {
            copy_values(stage + UNIT_BYTES, part, (first + i * WARPS) * UNIT);
        }
        COPY_COMMIT;
    }
    for (int i = 0; i < units; i++) {
        COPY_WAIT(2 * STAGES - 3); /* all but the groups behind this unit's keys */
        WARP_SYNC;                 /* and all lanes are done with the unit before, whose place the next copy takes */
        int next = i + STAGES - 1;
        u8 *room = stages + next % STAGES * STAGE_BYTES;
        if (next < units) {
            copy_keys(room, part, (first + next * WARPS) * UNIT);
        }
        COPY_COMMIT;
        if (next < units) {
            copy_values(room + UNIT_BYTES, part, (first + next * WARPS) * UNIT);
        }
        COPY_COMMIT;

        const u8 *stage = stages + i % STAGES * STAGE_BYTES;
        float dots[2][4], shrunk[2];
        u32 p[1][4];
        score(dots, query, stage);
        int t = (first + i * WARPS) * UNIT;
        int whole = t >= range.all_low && t + UNIT <= range.all_high && t + UNIT <= part.to;
        if (!soften(dots, mine, rule, t, whole, p, shrunk)) {
            shrink(sums, shrunk);
        }
        COPY_WAIT(2 * STAGES - 2); /* this unit's values */
        WARP_SYNC;
        if (values_beyond(stage + UNIT_BYTES, range, part, t)) {
            weigh_seen(sums, p[0], stage + UNIT_BYTES, mine, t);
        } else {
            weigh(sums, p[0], stage + UNIT_BYTES);
        }
    }
    COPY_WAIT(0);
}

KERNEL void ITEMS_PER_GROUP(WARPS *WARP, 1)
    attend_decode(const float *q, const cached *keys, const cached *values, const int *step, const float *slopes, float *out, float *partials,
                  int tiles_at, int starts_at, int positions_at, int ends_at, int tables_at, int table_stride, int block_size, int heads,
                  int kv_heads, float scale, int mask, int window, int caps, float cap, int slanted, int splits, int split_tokens) {
    LAUNCHED_LOCAL(local);
    LOCAL int table[TABLE];
    LOCAL float tops[WARPS * UNIT];
    LOCAL float masses[WARPS * UNIT];
#if HEAD > 128
    LOCAL u32 fragments[STEPS * 4 * WARP];
#endif
    int split = GRP % splits, kv_head = GRP / splits % kv_heads, tile = GRP / splits / kv_heads;
    int share = heads / kv_heads, lane = LID % WARP, warp = LID / WARP;
    int sequence = step[tiles_at + 2 * tile], vector = step[tiles_at + 2 * tile + 1];
    int start = step[starts_at + sequence];
    int count = (step[starts_at + sequence + 1] - start) * share - vector;
    count = count < UNIT ? count : UNIT;

    LaneVectors mine;
    Sight sight = {step + positions_at + start, slopes + kv_head * share, share, step[ends_at + sequence], mask, window, slanted};
    lane_vectors(mine, sight, vector, vector + count);
    Range range = warp_range(mine);
    int begin = range.low - range.low % UNIT + split * split_tokens;
    Part part = {keys, values, table, 0, begin, begin + split_tokens, block_size, kv_heads, kv_head};
    part.from = range.low > part.from ? range.low : part.from;
    part.to = range.high < part.to ? range.high : part.to;

    Query query;
    const float *vectors[2];
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int v = vector + lane / 4 + 8 * r;
        i64 at = ((i64)(start + v / share) * heads + kv_head * share + v % share) * HEAD;
        vectors[r] = lane / 4 + 8 * r < count ? q + at : 0;
    }
#pragma unroll
    for (int s = 0; s < STEPS; s++) {
#if HEAD > 128
        u32 a[4];
        query_fragment(a, vectors[0], vectors[1], UNIT * s);
#pragma unroll
        for (int i = 0; i < 4 && warp == 0; i++) {
            fragments[(4 * s + i) * WARP + lane] = a[i];
        }
#else
        query_fragment(query.held[s], vectors[0], vectors[1], UNIT * s);
#endif
    }
#if HEAD > 128
    query.local = fragments;
#endif
    float sums[2 * STEPS][4];
#pragma unroll
    for (int n = 0; n < 2 * STEPS; n++) {
#pragma unroll
        for (int e = 0; e < 4; e++) {
            sums[n][e] = 0.0f;
        }
    }

    ScoreRule rule = score_rule(scale, caps, cap, slanted);
    int reach = window_tokens(block_size);
    for (int origin = part.from - part.from % UNIT; origin < part.to; origin += reach) {
        int stop = load_window(table, part, step + tables_at + (i64)sequence * table_stride, origin, origin + reach, WARPS * WARP);
        stream(sums, mine, range, query, local + warp * STAGES * STAGE_BYTES, part, origin / UNIT + warp, (stop + UNIT - 1) / UNIT, rule);
    }

    /* The warps' sums meet where the stages were. */
    float *shared = (float *)local;
    BARRIER;
#pragma unroll
    for (int r = 0; r < 2; r++) {
        float mass = mine.mass[r];
        mass += shuffle_xor(mass, 1);
        mass += shuffle_xor(mass, 2);
        int row = warp * UNIT + lane / 4 + 8 * r;
        if (lane % 4 == 0) {
            tops[row] = mine.top[r];
            masses[row] = mass;
        }
#pragma unroll
        for (int n = 0; n < 2 * STEPS; n++) {
            float *to = shared + row * HEAD + n / 2 * UNIT;
            to[IN_UNIT(n % 2, lane % 4 * 2)] = sums[n][2 * r];
            to[IN_UNIT(n % 2, lane % 4 * 2 + 1)] = sums[n][2 * r + 1];
        }
    }
    BARRIER;
    for (int i = LID; i < count * HEAD; i += WARPS * WARP) {
        int v = i / HEAD, d = i % HEAD;
        float top = MINUS_INFINITY, sum = 0.0f, mass = 0.0f;
        for (int w = 0; w < WARPS; w++) {
            top = tops[w * UNIT + v] > top ? tops[w * UNIT + v] : top;
        }
        for (int w = 0; w < WARPS && top > MINUS_INFINITY; w++) {
            float share_of = exp2_near(FSUB(tops[w * UNIT + v], top));
            sum += shared[(w * UNIT + v) * HEAD + d] * share_of;
            mass += masses[w * UNIT + v] * share_of;
        }
        if (splits == 1) {
            i64 row = start + (vector + v) / share;
            out[(row * heads + kv_head * share + (vector + v) % share) * HEAD + d] = top > MINUS_INFINITY ? FDIV(sum, mass) : 0.0f;
        } else {
            float *place = partials + (i64)GRP * UNIT * (HEAD + 2);
            place[i] = sum;
            if (d == 0) {
                place[UNIT * HEAD + v] = top;
                place[UNIT * (HEAD + 1) + v] = mass;
            }
        }
    }
}
