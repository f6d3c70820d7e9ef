/* Chooses a token for each sampling row (RULES, S1 to S8). A work-group of 256 takes a row at a time; `scratch` holds a row for each group:
 * adjusted logits, then the bits of p, or −1 for a token that a cut dropped. Masses are integers, so the order of their sums does not matter; a
 * cut is found by the bits of p, three in a pass. Traffic: the vocabulary twice for a greedy row, some 8 times for one that draws, and 14 times more for each cut.
 * Where rows are few and the vocabulary is large, the kernels of sample_parts.h take its place. */
#include "sampling.h"

/* The largest bits, as far as `bit` says more than `least`, from which on the sum exceeds the target: DIGIT bits more, of one pass. */
FN int refine(GLOBAL const int *p, int vocabulary, int least, int bit, int counts, u64 target, LOCAL_POINTER u64 *shared) {
    u64 sums[DIGITS];
    for (int j = 0; j < DIGITS; j++) {
        sums[j] = 0;
    }
    for (int i = LID; i < vocabulary; i += SAMPLE_GROUP) {
        int digit = p[i] < least ? 0 : (p[i] - least) >> bit;
        u64 weight = digit == 0 ? 0 : counts ? 1 : mass_of(p[i]);
        for (int j = 1; j <= DIGITS; j++) {
            sums[j - 1] += digit >= j ? weight : 0;
        }
    }
    int found = 0;
    for (int j = 1; j <= DIGITS; j++) {
        found = group_sum(shared, sums[j - 1]) > target ? j : found;
    }
    return least + (found << bit);
}

/* Drops what top-k (the first cut) or top-p (the second) drops: all behind the shortest prefix, by falling p and rising id, whose sum of ones or of
 * masses exceeds a target. Nothing is read where nothing is asked. */
FN void cut(int which, GLOBAL int *p, int vocabulary, GLOBAL const int *record, LOCAL_POINTER u64 *shared) {
    int counts = which == 0;
    int k = record[ROW_TOP_K];
    int asked = (counts ? k > 0 : record[ROW_TOP_P_CUTS]) ? vocabulary : 0;
    u64 whole = sum_from(p, 0, asked, 0, counts, shared);
    u64 target = counts ? (u64)(k > 0 ? k - 1 : 0) : below(wide(record + ROW_TOP_P), whole);
    int cuts = whole > target ? asked : 0;
    int least = 0; /* the largest bits from which on the sum exceeds the target */
    for (int bit = cuts > 0 ? 30 - DIGIT : -1; bit >= 0; bit -= DIGIT) {
        least = refine(p, cuts, least, bit, counts, target, shared);
    }
    u64 each = counts || mass_of(least) == 0 ? 1 : mass_of(least);
    u64 wanted = (target - sum_from(p, 0, cuts, least + 1, counts, shared)) / each;
    int last = first_exceeding(p, 0, cuts, least, wanted, shared);
    for (int i = LID; i < cuts; i += SAMPLE_GROUP) {
        if (p[i] < least || (p[i] == least && i > last)) {
            p[i] = -1;
        }
    }
    BARRIER;
}

/* The token of an adjusted row, which becomes p. Barriers stand in no branch: where nothing is drawn, loops have nothing to do. */
FN int choose(GLOBAL int *row, int vocabulary, GLOBAL const int *record, LOCAL_POINTER u64 *shared) {
    int argmax = key_id(largest_key(row, 0, vocabulary, shared));
    float largest = FLT(row[argmax]);
    int draws = draws_token(record);
    int candidates = draws ? vocabulary : 0;
    BARRIER;
    soften(row, 0, candidates, largest, FLT(record[ROW_TEMPERATURE]));
    for (int which = draws ? 0 : 2; which < 2; which++) {
        cut(which, row, candidates, record, shared);
    }
    drop_improbable(row, 0, candidates, FLT(record[ROW_MIN_P]));
    u64 left = sum_from(row, 0, candidates, 0, 0, shared);
    int drawn = first_exceeding(row, 0, candidates, EVERY, below(random_of(record), left), shared);
    return drawn < 0 ? argmax : drawn;
}

KERNEL void sample(GLOBAL const float *logits, GLOBAL int *scratch, GLOBAL const int *step, int records_at, GLOBAL int *tokens, int rows,
                   int vocabulary) {
    LOCAL u64 shared[SAMPLE_GROUP];
    GLOBAL int *row = scratch + (i64)GRP * vocabulary;
    for (int r = GRP; r < rows; r += GROUPS) {
        GLOBAL const int *record = step + records_at + r * ROW_INTS;
        adjust(logits + (i64)record[ROW_LOGITS] * vocabulary, row, 0, vocabulary, step, record);
        int token = choose(row, vocabulary, record, shared);
        if (LID == 0) {
            tokens[r] = record[ROW_FORCED] < 0 ? token : record[ROW_FORCED];
        }
        BARRIER;
    }
}
