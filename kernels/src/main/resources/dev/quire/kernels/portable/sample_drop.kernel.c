/* The end of a cut of sample_parts.h, top-k (`which` 0) or top-p: all are dropped behind the shortest prefix, by falling p and rising id, whose sum exceeds the
 * target; `last` if nothing is cut after it. Traffic: the vocabulary four times. */
#include "sample_parts.h"

KERNEL void sample_drop(GLOBAL int *scratch, GLOBAL int *partials, GLOBAL const int *step, int records_at, int vocabulary, int parts, int which,
                        int last) {
    LOCAL u64 shared[SAMPLE_GROUP];
    Slice s = slice_of(scratch, partials, step, records_at, vocabulary, parts);
    u64 target = s.mine[PART_TARGET];
    int cuts = target != NOTHING_CUT;
    int to = draws_token(s.record) ? s.to : s.from;
    Found found = found_digit(s.first, cuts ? parts : 0, 0, target, shared);
    int least = cuts ? (int)s.mine[PART_LEAST] + found.digit : 0;
    u64 each = which == 0 || mass_of(least) == 0 ? 1 : mass_of(least);
    /* How many of those that are just as probable stay behind the first one: in all, and before this slice. */
    u64 wanted = cuts ? (target - found.beyond) / each : 0;
    u64 before = over_parts(s.first, cuts ? s.part : 0, BINS_AT(0) + found.digit, shared) / each;
    int none = before > wanted;
    int end = first_exceeding(s.row, s.from, cuts ? s.to : s.from, least, none ? 0 : wanted - before, shared);
    for (int i = s.from + LID; i < (cuts ? s.to : s.from); i += SAMPLE_GROUP) {
        if (s.row[i] < least || (s.row[i] == least && (none || (end >= 0 && i > end)))) {
            s.row[i] = -1;
        }
    }
    BARRIER;
    leave_mass(s, to, last, shared);
}
