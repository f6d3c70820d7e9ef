/* The first launch of sample_parts.h: adjusted logits, and the most probable token of each slice. Traffic: the vocabulary three times. */
#include "sample_parts.h"

KERNEL void sample_adjust(GLOBAL const float *logits, GLOBAL int *scratch, GLOBAL int *partials, GLOBAL const int *step, int records_at,
                          int vocabulary, int parts) {
    LOCAL u64 shared[SAMPLE_GROUP];
    Slice s = slice_of(scratch, partials, step, records_at, vocabulary, parts);
    adjust(logits + (i64)s.record[ROW_LOGITS] * vocabulary, s.row, s.from, s.to, step, s.record);
    u64 key = largest_key(s.row, s.from, s.to, shared);
    if (LID == 0) {
        s.mine[PART_KEY] = key;
        s.mine[PART_LOGIT] = key == 0 ? 0 : (u32)s.row[key_id(key)];
    }
}
