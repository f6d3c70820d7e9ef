/* A pass of a cut of sample_parts.h, top-k (`which` 0) or top-p: takes the digit that the pass before weighed, and weighs the next one, of bits `bit` and above, in
 * each slice. Traffic: the vocabulary once. */
#include "sample_parts.h"

KERNEL void sample_refine(GLOBAL int *scratch, GLOBAL int *partials, GLOBAL const int *step, int records_at, int vocabulary, int parts,
                          int which, int bit) {
    LOCAL u64 shared[SAMPLE_GROUP];
    LOCAL u64 weights[(BEYOND_DIGITS + 1) * SAMPLE_GROUP];
    Slice s = slice_of(scratch, partials, step, records_at, vocabulary, parts);
    int counts = which == 0, first = bit == 30 - DIGIT;
    int k = s.record[ROW_TOP_K];
    u64 mass = over_parts(s.first, parts, PART_MASS, shared);
    u64 whole = counts ? (u64)vocabulary : mass;
    u64 asked = counts ? (u64)(k > 0 ? k - 1 : 0) : below(wide(s.record + ROW_TOP_P), whole);
    int cuts = draws_token(s.record) && (counts ? k > 0 : s.record[ROW_TOP_P_CUTS]) && whole > asked;
    u64 target = !cuts ? NOTHING_CUT : first ? asked : s.mine[PART_TARGET];
    Found found = found_digit(s.first, first || !cuts ? 0 : parts, bit + DIGIT, target, shared);
    int least = first || !cuts ? 0 : (int)s.mine[PART_LEAST] + (found.digit << (bit + DIGIT));

    for (int j = 0; j <= BEYOND_DIGITS; j++) {
        weights[j * SAMPLE_GROUP + LID] = 0;
    }
    for (int i = s.from + LID; i < (cuts ? s.to : s.from); i += SAMPLE_GROUP) {
        if (s.row[i] >= least) {
            int next = (s.row[i] - least) >> bit;
            weights[(next < BEYOND_DIGITS ? next : BEYOND_DIGITS) * SAMPLE_GROUP + LID] += counts ? 1 : mass_of(s.row[i]);
        }
    }
    BARRIER;
    for (int reach = SAMPLE_GROUP / 2; reach > 0; reach /= 2) {
        if (LID < reach) {
            for (int j = 0; j <= BEYOND_DIGITS; j++) {
                weights[j * SAMPLE_GROUP + LID] += weights[j * SAMPLE_GROUP + LID + reach];
            }
        }
        BARRIER;
    }
    if (LID < BINS) {
        s.mine[BINS_AT(bit) + LID] = LID <= BEYOND_DIGITS ? weights[LID * SAMPLE_GROUP] : 0;
    }
    if (LID == 0) {
        s.mine[PART_LEAST] = (u64)least;
        s.mine[PART_TARGET] = target;
    }
}
