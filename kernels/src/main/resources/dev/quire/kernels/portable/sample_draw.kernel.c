/* The last launch of sample_parts.h: the slice in which the running mass exceeds the number that is drawn gives the token, and where nothing is drawn the first slice
 * gives the most probable one. Traffic: the vocabulary twice in that slice. */
#include "sample_parts.h"

KERNEL void sample_draw(GLOBAL int *scratch, GLOBAL int *partials, GLOBAL const int *step, int records_at, GLOBAL int *tokens, int vocabulary,
                        int parts) {
    LOCAL u64 shared[SAMPLE_GROUP];
    Slice s = slice_of(scratch, partials, step, records_at, vocabulary, parts);
    int masses = draws_token(s.record) ? parts : 0;
    int argmax = most_probable(s.first, parts, shared);
    u64 left = over_parts(s.first, masses, PART_MASS, shared);
    u64 before = over_parts(s.first, masses > s.part ? s.part : masses, PART_MASS, shared);
    u64 target = below(random_of(s.record), left);
    int here = masses > 0 && before <= target && target - before < s.mine[PART_MASS];
    int drawn = first_exceeding(s.row, s.from, here ? s.to : s.from, EVERY, here ? target - before : 0, shared);
    if (LID == 0 && here) {
        tokens[GRP / parts] = drawn;
    }
    if (LID == 0 && s.part == 0 && left == 0) {
        tokens[GRP / parts] = s.record[ROW_FORCED] < 0 ? argmax : s.record[ROW_FORCED];
    }
}
