/* Attention to the keys of the step itself, in FAST (RULES, A1 to A4, A7): they are float32 and nothing is rounded. A work-group of 128 takes one
 * query vector; keys pass in runs of 128. Scores: a key per work-item; sums: a tree; values: a dimension per work-item. Traffic: K and V once per
 * query vector. Limits: head size 256. Groups: rows · heads. */
#include "constants.h"
#include "tanh.h"

#define DIMENSIONS (ATTEND_HEAD / ATTEND_GROUP)

KERNEL void attend_step(GLOBAL const float *q, GLOBAL const float *keys, GLOBAL const float *values, GLOBAL const int *step,
                        GLOBAL const float *slopes, GLOBAL float *out, int sequences_at, int starts_at, int positions_at, int heads,
                        int kv_heads, int head_size, float scale, int mask, int window, int caps, float cap, int slanted) {
    LOCAL float query[ATTEND_HEAD];
    LOCAL float scores[ATTEND_GROUP]; /* then p */
    LOCAL float partials[ATTEND_GROUP];
    int row = GRP / heads, head = GRP % heads, kv_head = head / (heads / kv_heads);
    int sequence = step[sequences_at + row], position = step[positions_at + row];
    int start = step[starts_at + sequence], end = step[starts_at + sequence + 1];
    int base = step[positions_at + start]; /* the position of the first key */
    int low = mask == MASK_WINDOW && position - window + 1 > base ? start + position - window + 1 - base : start;
    int high = mask == MASK_BIDIRECTIONAL || start + position + 1 - base > end ? end : start + position + 1 - base;
    for (int d = LID; d < head_size; d += ATTEND_GROUP) {
        query[d] = q[((i64)row * heads + head) * head_size + d];
    }
    float top = FLT((int)0xff800000u), mass = 0.0f, result[DIMENSIONS];
    for (int d = 0; d < DIMENSIONS; d++) {
        result[d] = 0.0f;
    }
    BARRIER;
    for (int from = low; from < high; from += ATTEND_GROUP) {
        int t = from + LID;
        float s = FLT((int)0xff800000u);
        if (t < high) {
            GLOBAL const float *key = keys + ((i64)t * kv_heads + kv_head) * head_size;
            float dot = 0.0f;
            for (int d = 0; d < head_size; d++) {
                dot = MAC(query[d], key[d], dot);
            }
            s = FMUL(dot, scale);
            if (caps) {
                s = capped(s, cap);
            }
            if (slanted) {
                s = FADD(s, FMUL(slopes[head], I2F(base + t - start - position)));
            }
        }
        partials[LID] = s;
        BARRIER;
        for (int reach = ATTEND_GROUP / 2; reach > 0; reach /= 2) {
            if (LID < reach && partials[LID + reach] > partials[LID]) {
                partials[LID] = partials[LID + reach];
            }
            BARRIER;
        }
        float most = partials[0] > top ? partials[0] : top;
        float kept = canon_exp(FSUB(top, most));
        top = most;
        BARRIER;
        float p = t < high ? canon_exp(FSUB(s, most)) : 0.0f;
        scores[LID] = p;
        partials[LID] = p;
        BARRIER;
        for (int reach = ATTEND_GROUP / 2; reach > 0; reach /= 2) {
            if (LID < reach) {
                partials[LID] = FADD(partials[LID], partials[LID + reach]);
            }
            BARRIER;
        }
        mass = FADD(FMUL(mass, kept), partials[0]);
        int count = high - from < ATTEND_GROUP ? high - from : ATTEND_GROUP;
        for (int d = 0; d < DIMENSIONS; d++) {
            int dimension = LID + d * ATTEND_GROUP;
            float sum = FMUL(result[d], kept);
            for (int i = 0; dimension < head_size && i < count; i++) {
                sum = MAC(scores[i], values[((i64)(from + i) * kv_heads + kv_head) * head_size + dimension], sum);
            }
            result[d] = sum;
        }
        BARRIER;
    }
    for (int d = 0; d < DIMENSIONS; d++) {
        int dimension = LID + d * ATTEND_GROUP;
        if (dimension < head_size) {
            out[((i64)row * heads + head) * head_size + dimension] = low < high ? FDIV(result[d], mass) : 0.0f;
        }
    }
}
