/* Attention in segments of 512 tokens (RULES, A1 to A4, N11, N14), as `attend`, where a work-item is a whole vector unit: it takes a tile of up to
 * TILE_VECTORS query vectors of one sequence and KV head by itself. Scores: 16 tokens a vector; values: 16 dimensions a vector, VALUES of them at once;
 * both in order, so with the same bits. Pages lie anywhere, so each asks for the next. Traffic: K and V once per tile; memory: 3 KiB private a vector.
 * Limits: head size 256 and block size, both multiples of 16. Work-items: tiles · kv_heads. What only matrices multiply comes out rounded to bf16 (N3). */
#include "cache.h"
#include "wide.h"
#include "tanh.h"

#if CACHE == CACHE_BF16
#define WIDE_FACTOR(x) wide_rounded(x)
#else
#define WIDE_FACTOR(x) (x)
#endif

/* 16 elements of the cache, as FROM_CACHE reads one. */
FN float16 cached_wide(GLOBAL const cached *at) {
#if CACHE == CACHE_F32
    return vload16(0, at);
#elif CACHE == CACHE_F16
    return vload_half16(0, (GLOBAL const half *)at);
#elif CACHE == CACHE_F8_E4M3
    int16 code = convert_int16(vload16(0, at)), magnitude = code & 0x7f;
    float16 few = FMUL(convert_float16(magnitude), FLT(0x3b000000)); /* of 2^-9 */
    int16 bits = magnitude == 0x7f ? (int16)(0x7fc00000) : (magnitude + 960) << 20;
    bits = magnitude < 8 ? as_int16(few) : bits;
    return as_float16(bits | (code & 0x80) << 24);
#else
    return bf16_wide(vload16(0, at));
#endif
}

#define STRIDE (SEGMENT + HALF_LANES) /* rows of scores begin in different sets of a cache */
#define VALUES (16 / TILE_VECTORS)    /* vectors of dimensions whose sums fill half the registers */

/* Adds to o, for `count` vectors of dimensions from `value` on, the weighted values of one page's tokens t to last - 1, in order. Where a query vector
 * does not see all of them, `low` and `high` say what it sees. Asks for the same tokens of the next page, `ahead` elements behind. */
FN void add_values(float16 *o, int count, GLOBAL const cached *value, i64 ahead, const float *score, int head_size, int t, int last, int all,
                   const int *lows, const int *highs) {
    for (; t < last; t++, value += head_size, score++) {
        float16 elements[VALUES];
#pragma unroll
        for (int j = 0; j < count; j++) {
            elements[j] = cached_wide(value + j * HALF_LANES);
            PREFETCH(value + ahead + j * HALF_LANES);
        }
#pragma unroll
        for (int v = 0; v < TILE_VECTORS; v++) {
            float16 p = (float16)(score[v * STRIDE]);
            if (all || (t >= lows[v] && t < highs[v])) {
#pragma unroll
                for (int j = 0; j < count; j++) {
                    o[v * VALUES + j] = MAC(p, elements[j], o[v * VALUES + j]);
                }
            }
        }
    }
}

/* Weighted values of a segment's tokens from to to - 1, for `count` vectors of dimensions. */
FN void weighted_values(float16 *o, int count, GLOBAL const cached *values, GLOBAL const int *table, int skipped, int block_size, int head_size,
                        int kv_heads, const float *scores, int from, int to, int all_from, int all_to, const int *lows, const int *highs) {
#pragma unroll
    for (int i = 0; i < TILE_VECTORS * VALUES; i++) {
        o[i] = (float16)(0.0f);
    }
    i64 block = (i64)kv_heads * block_size * head_size;
    for (int t = from; t < to;) {
        int last = t + HALF_LANES - t % HALF_LANES < to ? t + HALF_LANES - t % HALF_LANES : to;
        GLOBAL const cached *value = values + table[t / block_size - skipped] * block + (i64)(t % block_size) * head_size;
        i64 ahead = last < to ? (table[last / block_size - skipped] - table[t / block_size - skipped]) * block
                                    + (i64)(last % block_size - t % block_size) * head_size
                              : 0;
        if (t >= all_from && last <= all_to) {
            add_values(o, count, value, ahead, scores + t - from, head_size, t, last, 1, lows, highs);
        } else {
            add_values(o, count, value, ahead, scores + t - from, head_size, t, last, 0, lows, highs);
        }
        t = last;
    }
}

FN void attend_wide_tile(GLOBAL const float *q, GLOBAL const cached *keys, GLOBAL const cached *values, GLOBAL const int *step,
                         GLOBAL const float *slopes, GLOBAL float *out, int tiles_at, int starts_at, int positions_at, int first_at,
                         int ends_at, int tables_at, int table_stride, int block_size, int heads, int kv_heads, int head_size, float scale,
                         int mask, int window, int caps, float cap, int slanted, int rounded) {
    int tile = GID / kv_heads, kv_head = GID % kv_heads, share = heads / kv_heads;
    int sequence = step[tiles_at + 2 * tile], vector = step[tiles_at + 2 * tile + 1];
    int start = step[starts_at + sequence];
    int count = (step[starts_at + sequence + 1] - start) * share - vector;
    count = count < TILE_VECTORS ? count : TILE_VECTORS;
    int base = step[first_at + sequence], end = step[ends_at + sequence];
    GLOBAL const int *table = step + tables_at + (i64)sequence * table_stride;
    int skipped = base / block_size; /* the table begins with the block of the first key */

    float query[ATTEND_HEAD * TILE_VECTORS]; /* by dimension */
    float scores[TILE_VECTORS * STRIDE];     /* then p */
    float results[TILE_VECTORS * ATTEND_HEAD];
    float top[TILE_VECTORS], mass[TILE_VECTORS], largest[TILE_VECTORS], sums[TILE_VECTORS];
    int lows[TILE_VECTORS], highs[TILE_VECTORS], begun[TILE_VECTORS];
    int low = end, high = base;               /* what any vector sees */
    for (int v = 0; v < TILE_VECTORS; v++) {
        lows[v] = base;
        highs[v] = base;
        begun[v] = 0;
        for (int d = 0; d < head_size; d++) {
            i64 row = start + (vector + v) / share;
            i64 at = (row * heads + kv_head * share + (vector + v) % share) * head_size + d;
            query[d * TILE_VECTORS + v] = v < count ? FACTOR(q[at]) : 0.0f;
        }
        if (v < count) {
            int position = step[positions_at + start + (vector + v) / share];
            lows[v] = mask == MASK_WINDOW && position - window + 1 > base ? position - window + 1 : base;
            highs[v] = mask == MASK_BIDIRECTIONAL || position + 1 > end ? end : position + 1;
            if (lows[v] < highs[v]) {
                low = lows[v] < low ? lows[v] : low;
                high = highs[v] > high ? highs[v] : high;
            }
        }
    }

    for (int origin = low - low % SEGMENT; origin < high; origin += SEGMENT) {
        int from = low > origin ? low : origin;
        int to = high < origin + SEGMENT ? high : origin + SEGMENT;
        int aligned = from - from % HALF_LANES;

        for (int t = aligned; t < to; t += HALF_LANES) {
            i64 page = (i64)table[t / block_size - skipped] * kv_heads + kv_head;
            GLOBAL const cached *key = keys + page * head_size * block_size + t % block_size;
            int next = t + HALF_LANES < to ? t + HALF_LANES : t;
            i64 next_page = (i64)table[next / block_size - skipped] * kv_heads + kv_head;
            i64 ahead = (next_page - page) * head_size * block_size + next % block_size - t % block_size;
            float16 dots[TILE_VECTORS];
#pragma unroll
            for (int v = 0; v < TILE_VECTORS; v++) {
                dots[v] = (float16)(0.0f);
            }
            for (int d = 0; d < head_size; d++) {
                float16 elements = cached_wide(key + d * block_size);
                PREFETCH(key + ahead + d * block_size);
#pragma unroll
                for (int v = 0; v < TILE_VECTORS; v++) {
                    dots[v] = MAC((float16)(query[d * TILE_VECTORS + v]), elements, dots[v]);
                }
            }
#pragma unroll
            for (int v = 0; v < TILE_VECTORS; v++) {
                vstore16(FMUL(dots[v], scale), 0, scores + v * STRIDE + t - origin);
            }
        }

        int16 numbers = (int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        int all_from = from, all_to = to; /* what every vector sees */
        for (int v = 0; v < count; v++) {
            float *score = scores + v * STRIDE - origin;
            int seen = lows[v] > from ? lows[v] : from;
            int unseen = highs[v] < to ? highs[v] : to;
            if (seen >= unseen) {
                all_to = all_from;
                continue;
            }
            all_from = seen > all_from ? seen : all_from;
            all_to = unseen < all_to ? unseen : all_to;
            if (caps || slanted) {
                int position = step[positions_at + start + (vector + v) / share];
                float slope = slanted ? slopes[kv_head * share + (vector + v) % share] : 0.0f;
                for (int t = seen; t < unseen; t++) {
                    float s = caps ? capped(score[t], cap) : score[t];
                    score[t] = slanted ? FADD(s, FMUL(slope, I2F(t - position))) : s;
                }
            }
            float16 most = (float16)FLT((int)0xff800000u);
            for (int t = aligned; t < unseen; t += HALF_LANES) {
                float16 s = vload16(0, score + t);
                most = ((numbers + t >= seen) & (numbers + t < unseen) & (s > most)) ? s : most;
            }
            float8 a = most.lo > most.hi ? most.lo : most.hi;
            float4 b = a.lo > a.hi ? a.lo : a.hi;
            float2 c = b.lo > b.hi ? b.lo : b.hi;
            largest[v] = c.x > c.y ? c.x : c.y;
            float16 lanes[2];
            lanes[0] = (float16)(0.0f);
            lanes[1] = (float16)(0.0f);
            for (int t = origin; t < unseen; t += LANES) {
#pragma unroll
                for (int part = 0; part < 2; part++) {
                    int first = t + part * HALF_LANES;
                    int16 position = numbers + first;
                    if (first + HALF_LANES > seen && first < unseen) {
                        float16 p = WIDE_FACTOR(wide_exp(FSUB(vload16(0, score + first), largest[v])));
                        p = ((position >= seen) & (position < unseen)) ? p : (float16)(0.0f);
                        vstore16(p, 0, score + first);
                        lanes[part] = FADD(lanes[part], p);
                    }
                }
            }
            sums[v] = fold_wide(lanes[0], lanes[1]);
        }

        for (int d = 0; d < head_size;) {
            float16 o[TILE_VECTORS * VALUES];
            GLOBAL const cached *dimensions = values + (i64)kv_head * block_size * head_size + d;
            int vectors = d + VALUES * HALF_LANES <= head_size ? VALUES : 1;
            if (vectors == VALUES) {
                weighted_values(o, VALUES, dimensions, table, skipped, block_size, head_size, kv_heads, scores + from - origin, from, to,
                                all_from, all_to, lows, highs);
            } else {
                weighted_values(o, 1, dimensions, table, skipped, block_size, head_size, kv_heads, scores + from - origin, from, to, all_from,
                                all_to, lows, highs);
            }
            for (int v = 0; v < count; v++) {
                if (lows[v] >= to || highs[v] <= from || lows[v] >= highs[v]) {
                    continue;
                }
                for (int j = 0; j < vectors; j++) {
                    float *result = results + v * ATTEND_HEAD + d + j * HALF_LANES;
                    float16 sum = o[v * VALUES + j];
                    if (begun[v]) {
                        float both = largest[v] > top[v] ? largest[v] : top[v];
                        float16 old = FMUL(vload16(0, result), canon_exp(FSUB(top[v], both)));
                        sum = FADD(old, FMUL(sum, canon_exp(FSUB(largest[v], both))));
                    }
                    vstore16(sum, 0, result);
                }
            }
            d += vectors * HALF_LANES;
        }
        for (int v = 0; v < count; v++) {
            if (lows[v] < to && highs[v] > from && lows[v] < highs[v]) {
                float l = sums[v];
                if (begun[v]) {
                    float both = largest[v] > top[v] ? largest[v] : top[v];
                    float old = FMUL(mass[v], canon_exp(FSUB(top[v], both)));
                    mass[v] = FADD(old, FMUL(l, canon_exp(FSUB(largest[v], both))));
                    top[v] = both;
                } else {
                    mass[v] = l;
                    top[v] = largest[v];
                    begun[v] = 1;
                }
            }
        }
    }

    for (int v = 0; v < count; v++) {
        i64 row = start + (vector + v) / share;
        i64 at = (row * heads + kv_head * share + (vector + v) % share) * head_size;
        for (int d = 0; d < head_size; d++) {
            float y = begun[v] ? FDIV(results[v * ATTEND_HEAD + d], mass[v]) : 0.0f;
            out[at + d] = rounded ? bf16_float(bf16_round(y)) : y;
        }
    }
}
