/* Online softmax (Milakov and Gimelshein 2018; Dao et al. 2022, algorithm 1) of 16 query vectors on a warp, some multiple of 16 tokens at a time. A lane holds two of
 * the vectors, i / 4 and i / 4 + 8, and of each the elements that a fragment gives it. Scores are in units of log 2. */
#include "cache.h"
#include "constants.h"
#include "tensor.h"

#define UNIT 16
#define LOG2_E 1.44269504f
#define NEVER 0x3fffffff /* a token behind all others, with room for sums */

/* Both factors of a product have the cache's type (RULES, A7), but binary16 over F8_E4M3, which it holds; a query beyond the range becomes its largest. */
#if CACHE == CACHE_F16 || CACHE == CACHE_F8_E4M3
#define MULTIPLY multiply_f16
#define PACK pack_f16
#define IN_RANGE(x) ((x) > 65504.0f ? 65504.0f : (x) < -65504.0f ? -65504.0f : (x))
#else
#define MULTIPLY multiply_bf16
#define PACK pack_bf16
#define IN_RANGE(x) (x)
#endif

/* Whether a word of the cache's elements holds one that is infinite or NaN. */
#if CACHE == CACHE_F8_E4M3
#define BEYOND(word) ((((word) & 0x7f7f7f7fu) + 0x01010101u) & 0x80808080u)
#elif CACHE == CACHE_F16
#define BEYOND(word) ((((word) & 0x7c007c00u) + 0x04000400u) & 0x80008000u)
#else
#define BEYOND(word) ((((word) & 0x7f807f80u) + 0x00800080u) & 0x80008000u)
#endif

/* Which of 16 tokens, or of 16 dimensions of values, column `column` of half `half` of their products is. Narrow elements come to tensor cores by twos:
 * what lies side by side is in the same column of both halves. */
#if CACHE == CACHE_F8_E4M3
#define IN_UNIT(half, column) (2 * (column) + (half))
#else
#define IN_UNIT(half, column) (8 * (half) + (column))
#endif

/* What scores become: capped, then slanted by distance (RULES, A3). `factor` is the scale in units of log 2 where that is all, else 0. */
struct ScoreRule {
    float factor, scale, cap;
    int caps, slanted;
};

FN ScoreRule score_rule(float scale, int caps, float cap, int slanted) {
    return {caps || slanted || scale <= 0.0f ? 0.0f : FMUL(scale, LOG2_E), scale, cap, caps, slanted};
}

/* A lane's two vectors: what they see, where they stand, and the softmax so far. */
struct LaneVectors {
    int low[2], high[2], position[2];
    float slope[2], top[2], mass[2];
};

/* What query vectors see. */
struct Sight {
    const int *positions; /* of the sequence's rows */
    const float *slopes;  /* of the KV head's heads */
    int share, end, mask, window, slanted;
};

/* Vectors `vector` + i / 4 and + 8, or the last before `last`; none see anything if that comes first. */
FN void lane_vectors(LaneVectors &mine, const Sight &sight, int vector, int last) {
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int v = vector + LID % WARP / 4 + 8 * r;
        v = v < last ? v : last - 1;
        int position = vector < last ? sight.positions[v / sight.share] : 0;
        int low = sight.mask == MASK_WINDOW && position - sight.window + 1 > 0 ? position - sight.window + 1 : 0;
        int high = sight.mask == MASK_BIDIRECTIONAL || position + 1 > sight.end ? sight.end : position + 1;
        mine.position[r] = position;
        mine.low[r] = low;
        mine.high[r] = vector < last && high > low ? high : low;
        mine.slope[r] = sight.slanted && vector < last ? sight.slopes[v % sight.share] : 0.0f;
        mine.top[r] = MINUS_INFINITY;
        mine.mass[r] = 0.0f;
    }
}

/* Tokens that any vector sees, and those that all see. */
struct Range {
    int low, high, all_low, all_high;
};

FN void widen(Range &range, const Range &other) {
    range.low = other.low < range.low ? other.low : range.low;
    range.high = other.high > range.high ? other.high : range.high;
    range.all_low = other.all_low > range.all_low ? other.all_low : range.all_low;
    range.all_high = other.all_high < range.all_high ? other.all_high : range.all_high;
}

/* Of the warp's 16 vectors. A vector that sees nothing counts for those that all see only. */
FN Range warp_range(const LaneVectors &mine) {
    Range range = {NEVER, 0, 0, NEVER};
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int sees = mine.high[r] > mine.low[r];
        widen(range, {sees ? mine.low[r] : NEVER, sees ? mine.high[r] : 0, mine.low[r], mine.high[r]});
    }
    for (int lanes = 4; lanes < WARP; lanes *= 2) {
        widen(range, {shuffle_xor(range.low, lanes), shuffle_xor(range.high, lanes), shuffle_xor(range.all_low, lanes),
                      shuffle_xor(range.all_high, lanes)});
    }
    return range;
}

/* The cap is within an ulp of itself near 0, which is all that a score is told apart by. */
FN float softly_capped(float s, float cap) {
    float e = exp2_near(FMUL(FDIV(s, cap), 2.0f * LOG2_E));
    return FMUL(cap, FSUB(1.0f, FDIV(2.0f, FADD(e, 1.0f))));
}

FN float ruled(float dot, const ScoreRule &rule, float slope, int distance) {
    float s = FMUL(dot, rule.scale);
    if (rule.caps) {
        s = softly_capped(s, rule.cap);
    }
    if (rule.slanted) {
        s = FMA(slope, I2F(distance), s);
    }
    return FMUL(s, LOG2_E);
}

/* Whether some vector does not see a token from `from` to `to` − 1, which another one may. */
FN int some_masked(const Range &range, int from, int to) {
    return from < range.all_low || to > range.all_high;
}

/* Turns the products of a lane's vectors with COUNT · 16 tokens from t on into fragments of p, and adds them to the mass. `whole` says that all vectors of
 * the warp see all of them. `shrunk` is what came before is to be multiplied by; returns whether that is 1 for all of the warp. */
template <int COUNT>
FN int soften(float (&dots)[2 * COUNT][4], LaneVectors &mine, const ScoreRule &rule, int t, int whole, u32 (&p)[COUNT][4], float (&shrunk)[2]) {
    int plain = whole && rule.factor > 0.0f;
    float factor = plain ? rule.factor : 1.0f;
    if (!plain) {
#pragma unroll
        for (int e = 0; e < COUNT * 8; e++) {
            int n = e / 4, r = e / 2 % 2, token = t + n / 2 * UNIT + IN_UNIT(n % 2, LID % 4 * 2 + e % 2);
            float &s = dots[n][e % 4];
            s = ruled(s, rule, mine.slope[r], token - mine.position[r]);
            s = token >= mine.low[r] && token < mine.high[r] ? s : MINUS_INFINITY;
        }
    }
    int grown = 0;
#pragma unroll
    for (int r = 0; r < 2; r++) {
        float most = MINUS_INFINITY;
#pragma unroll
        for (int n = 0; n < 2 * COUNT; n++) {
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
        for (int n = 0; n < 2 * COUNT; n++) {
            float a = exp2_near(FMA(dots[n][2 * r], factor, -origin));
            float b = exp2_near(FMA(dots[n][2 * r + 1], factor, -origin));
            p[n / 2][n % 2 * 2 + r] = PACK(a, b);
            sum = FADD(sum, FADD(a, b));
        }
        mine.mass[r] = FMA(mine.mass[r], shrunk[r], sum);
    }
    return !warp_any(grown);
}

/* sums += p · v for the vectors of a lane that see a token, `seen`. */
FN void weigh_where(float (&sums)[4], const u32 (&p)[4], u32 v0, u32 v1, const int (&seen)[2]) {
    float all[4] = {sums[0], sums[1], sums[2], sums[3]};
    MULTIPLY(all, p, v0, v1);
#pragma unroll
    for (int e = 0; e < 4; e++) {
        sums[e] = seen[e / 2] ? all[e] : sums[e];
    }
}

/* The same with the 16 tokens from t on, one after another, whose values v are those of two halves of 16 dimensions: of a token that a vector does not see
 * nothing reaches its sums, not even NaN. */
FN void weigh_tokens(float (&first)[4], float (&second)[4], const u32 (&p)[4], const u32 (&v)[4], const LaneVectors &mine, int t) {
#pragma unroll 1
    for (int at = 0; at < UNIT; at++) {
        int token = t + IN_UNIT(at / 8, at % 8), seen[2];
        u32 kept[2]; /* all of a factor but this token becomes 0 */
#pragma unroll
        for (int i = 0; i < 2; i++) {
            seen[i] = token >= mine.low[i] && token < mine.high[i];
            kept[i] = at / 8 == i && at % 8 / 2 == LID % 4 ? 0xffffu << 16 * (at % 2) : 0;
        }
        weigh_where(first, p, v[0] & kept[0], v[1] & kept[1], seen);
        weigh_where(second, p, v[2] & kept[0], v[3] & kept[1], seen);
    }
}

/* sums · shrunk, of a lane's two vectors. */
template <int COUNT>
FN void shrink(float (&sums)[COUNT][4], const float (&shrunk)[2]) {
#pragma unroll
    for (int n = 0; n < COUNT; n++) {
#pragma unroll
        for (int e = 0; e < 4; e++) {
            sums[n][e] = FMUL(sums[n][e], shrunk[e / 2]);
        }
    }
}

/* A fragment of 16 vectors of float32s as factors: dimensions d to d + 15 of the two at `first` and `second`, zeros where there is none. */
FN void query_fragment(u32 (&a)[4], const float *first, const float *second, int d) {
    int at = d + LID % 4 * 2;
    a[0] = first ? PACK(IN_RANGE(first[at]), IN_RANGE(first[at + 1])) : 0;
    a[1] = second ? PACK(IN_RANGE(second[at]), IN_RANGE(second[at + 1])) : 0;
    a[2] = first ? PACK(IN_RANGE(first[at + 8]), IN_RANGE(first[at + 9])) : 0;
    a[3] = second ? PACK(IN_RANGE(second[at + 8]), IN_RANGE(second[at + 9])) : 0;
}
