/* The second launch of logprobs_parts.h: the exponentials of each slice, and how many of its tokens are more probable than the chosen one. Traffic: the slice twice. */
#include "logprobs_parts.h"

KERNEL void logprobs_weights(GLOBAL const float *logits, GLOBAL float *scratch, GLOBAL int *partials, GLOBAL const int *step, int records_at,
                             GLOBAL const int *tokens, int vocabulary, int parts, int width) {
    LOCAL u64 shared[SAMPLE_GROUP];
    Reported s = reported_of(GRP / parts, GRP % parts, logits, partials, step, records_at, vocabulary, parts, width);
    GLOBAL float *exponentials = scratch + (i64)(GRP / parts) * vocabulary;
    float largest = largest_logit(s, parts, width, shared);
    float chosen = s.row[tokens[GRP / parts]];
    u64 greater = 0;
    for (int i = s.from + LID; i < s.to; i += SAMPLE_GROUP) {
        float e = canon_exp(FSUB(s.row[i], largest));
        exponentials[i] = e == e ? e : 0.0f;
        greater += (u64)(s.row[i] > chosen);
    }
    greater = group_sum(shared, greater);
    if (LID == 0) {
        s.mine[width] = greater;
    }
}
