/* The last launch of logprobs_parts.h, with a work-group for each row: the sum of its exponentials in the order of 32 lanes (RULES, N5), and the most probable of what its
 * slices found. All work-items bring exponentials to local memory, and have the next ones on the way while the lanes add. Traffic: the vocabulary once. */
#include "lanes.h"
#include "log.h"
#include "logprobs_parts.h"

#define EACH 8 /* exponentials that a work-item brings at once */
#define STAGE (EACH * SAMPLE_GROUP)

KERNEL void logprobs_merge(GLOBAL const float *logits, GLOBAL const float *scratch, GLOBAL int *partials, GLOBAL const int *step, int records_at,
                           GLOBAL const int *tokens, GLOBAL int *ranks, GLOBAL int *top_ids, GLOBAL float *top_logprobs, int vocabulary,
                           int parts, int width) {
    LOCAL u64 shared[SAMPLE_GROUP];
    LOCAL float staged[2 * STAGE];
    LOCAL float partial[SAMPLE_GROUP];
    Reported s = reported_of(GRP, 0, logits, partials, step, records_at, vocabulary, parts, width);
    GLOBAL const float *exponentials = scratch + (i64)GRP * vocabulary;
    float largest = largest_logit(s, parts, width, shared);
    int end = s.keys > 0 ? vocabulary : 0;
    float sum = 0.0f;
    float next[EACH];
    for (int at = 0; at < end + STAGE; at += STAGE) {
        for (int j = 0; j < EACH; j++) {
            int i = at + j * SAMPLE_GROUP + LID;
            next[j] = i < end ? exponentials[i] : 0.0f; /* no sum of exponentials changes by 0 */
        }
        LOCAL_POINTER float *before = staged + (at / STAGE + 1) % 2 * STAGE;
        for (int i = LID; at > 0 && LID < LANES && i < STAGE; i += LANES) {
            sum = FADD(sum, before[i]);
        }
        LOCAL_POINTER float *now = staged + at / STAGE % 2 * STAGE;
        for (int j = 0; j < EACH; j++) {
            now[j * SAMPLE_GROUP + LID] = next[j];
        }
        BARRIER;
    }
    partial[LID] = sum;
    fold_lanes(partial + LID / LANES * LANES, LID % LANES, 1, 0);
    float log_sum = canon_log(partial[0]);

    u64 greater = group_sum(shared, LID < parts && s.keys > 0 ? s.first[LID * (width + 1) + width] : 0);
    if (LID == 0 && s.keys > 0) {
        ranks[GRP] = 1 + (int)greater;
        top_ids[GRP * width] = tokens[GRP];
        top_logprobs[GRP * width] = FSUB(FSUB(s.row[tokens[GRP]], largest), log_sum);
    }
    u64 last = ~(u64)0;
    for (int n = 0; n < s.wanted; n++) {
        u64 best = 0;
        for (int i = LID; i < parts * s.keys; i += SAMPLE_GROUP) {
            u64 key = s.first[i / s.keys * (width + 1) + i % s.keys];
            best = key < last && key > best ? key : best;
        }
        last = group_largest(shared, best);
        if (LID == 0) {
            top_ids[GRP * width + 1 + n] = key_id(last);
            top_logprobs[GRP * width + 1 + n] = FSUB(FSUB(s.row[key_id(last)], largest), log_sum);
        }
    }
}
