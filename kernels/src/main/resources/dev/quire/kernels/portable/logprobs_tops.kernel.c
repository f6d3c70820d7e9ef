/* The first launch of logprobs_parts.h: the most probable tokens of each slice, by falling keys. Traffic: the slice 1 + n times, mostly from caches. */
#include "logprobs_parts.h"

KERNEL void logprobs_tops(GLOBAL const float *logits, GLOBAL int *partials, GLOBAL const int *step, int records_at, int vocabulary, int parts,
                          int width) {
    LOCAL u64 shared[SAMPLE_GROUP];
    Reported s = reported_of(GRP / parts, GRP % parts, logits, partials, step, records_at, vocabulary, parts, width);
    u64 last = ~(u64)0;
    for (int n = 0; n < s.keys; n++) {
        u64 best = 0;
        for (int i = s.from + LID; i < s.to; i += SAMPLE_GROUP) {
            u64 next = rank_key(s.row[i], i);
            best = next < last && next > best ? next : best;
        }
        last = group_largest(shared, best);
        if (LID == 0) {
            s.mine[n] = last;
        }
    }
}
