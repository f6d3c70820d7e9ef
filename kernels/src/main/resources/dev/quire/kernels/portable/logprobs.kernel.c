/* Ranks and log-probabilities of the chosen and the most probable tokens, for rows that ask (RULES, S9 and N19). A work-group of 256 takes a row at
 * a time; `scratch` holds a row of exponentials for each group, which 32 lanes then sum. Traffic: the vocabulary 4 + n times. */
#include "exp.h"
#include "group.h"
#include "lanes.h"
#include "log.h"

KERNEL void logprobs(GLOBAL const float *logits, GLOBAL float *scratch, GLOBAL const int *step, int records_at, GLOBAL const int *tokens,
                     GLOBAL int *ranks, GLOBAL int *top_ids, GLOBAL float *top_logprobs, int rows, int vocabulary, int width) {
    LOCAL u64 shared[SAMPLE_GROUP];
    LOCAL float partials[SAMPLE_GROUP];
    GLOBAL float *exponentials = scratch + (i64)GRP * vocabulary;
    for (int r = GRP; r < rows; r += GROUPS) {
        GLOBAL const int *record = step + records_at + r * ROW_INTS;
        int wanted = record[ROW_TOP_LOGPROBS] < vocabulary ? record[ROW_TOP_LOGPROBS] : vocabulary;
        if (wanted < 0) {
            continue;
        }
        GLOBAL const float *row = logits + (i64)record[ROW_LOGITS] * vocabulary;
        u64 best = 0;
        for (int i = LID; i < vocabulary; i += SAMPLE_GROUP) {
            u64 key = rank_key(row[i], i);
            best = key > best ? key : best;
        }
        u64 key = group_largest(shared, best);
        float largest = row[key_id(key)];
        largest = largest == largest ? largest : FLT((int)0xff800000u);
        u64 greater = 0;
        float chosen = row[tokens[r]];
        for (int i = LID; i < vocabulary; i += SAMPLE_GROUP) {
            float e = canon_exp(FSUB(row[i], largest));
            exponentials[i] = e == e ? e : 0.0f;
            greater += (u64)(row[i] > chosen);
        }
        greater = group_sum(shared, greater);
        float sum = 0.0f;
        for (int i = LID; LID < LANES && i < vocabulary; i += LANES) {
            sum = FADD(sum, exponentials[i]);
        }
        partials[LID] = sum;
        fold_lanes(partials + LID / LANES * LANES, LID % LANES, 1, 0);
        float log_sum = canon_log(partials[0]);
        if (LID == 0) {
            ranks[r] = 1 + (int)greater;
            top_ids[r * width] = tokens[r];
            top_logprobs[r * width] = FSUB(FSUB(chosen, largest), log_sum);
        }
        for (int n = 0; n < wanted; n++) {
            if (LID == 0) {
                top_ids[r * width + 1 + n] = key_id(key);
                top_logprobs[r * width + 1 + n] = FSUB(FSUB(row[key_id(key)], largest), log_sum);
            }
            best = 0;
            for (int i = LID; i < vocabulary; i += SAMPLE_GROUP) {
                u64 next = rank_key(row[i], i);
                best = next < key && next > best ? next : best;
            }
            key = group_largest(shared, best);
        }
        BARRIER;
    }
}
