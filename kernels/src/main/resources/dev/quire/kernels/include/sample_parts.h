/* Sampling rows in `parts` slices each, so that few rows keep a GPU busy. Launches follow one another, and what a work-group finds in its slice all of the row's
 * read in the next: sample_adjust, and for rows that draw sample_masses, then for each cut ten of sample_refine and sample_drop, and sample_draw at the end. Work-group
 * GRP has slice GRP % parts of row GRP / parts. `scratch` holds a row of bits for each, `partials` PART_WORDS numbers for each slice. Sums of integers
 * have no order, so tokens are those of `sample` (RULES, S1 to S8). */
#include "sampling.h"

/* A slice's numbers: the most probable token's key and the bits of its logit, the mass that is left, */
#define PART_KEY 0
#define PART_LOGIT 1
#define PART_MASS 2
/* the bits from which on a cut's sum exceeds its target, as far as they are known, and that target: all ones where nothing is cut; */
#define PART_LEAST 3
#define PART_TARGET 4
/* and twice, in turn, so that none is overwritten that another still reads, what weighs each digit behind these bits, and all that is beyond. */
#define PART_BINS 5
#define BINS 16
#define BEYOND_DIGITS (DIGITS + 1)

#define NOTHING_CUT (~(u64)0)
#define BINS_AT(bit) (PART_BINS + (bit) / DIGIT % 2 * BINS)

/* What a work-group has. */
typedef struct {
    GLOBAL const int *record;
    GLOBAL int *row;
    GLOBAL u64 *first, *mine; /* numbers of the row's slices, and its own */
    int part, from, to;
} Slice;

FN Slice slice_of(GLOBAL int *scratch, GLOBAL int *partials, GLOBAL const int *step, int records_at, int vocabulary, int parts) {
    Slice s;
    int r = GRP / parts, size = (vocabulary + parts - 1) / parts;
    s.part = GRP % parts;
    s.record = step + records_at + r * ROW_INTS;
    s.row = scratch + (i64)r * vocabulary;
    s.first = (GLOBAL u64 *)partials + (i64)r * parts * PART_WORDS;
    s.mine = s.first + s.part * PART_WORDS;
    s.from = s.part * size < vocabulary ? s.part * size : vocabulary;
    s.to = vocabulary - s.from < size ? vocabulary : s.from + size;
    return s;
}

/* The sum of a number over the row's slices before `end`. */
FN u64 over_parts(GLOBAL const u64 *first, int end, int word, LOCAL_POINTER u64 *shared) {
    return group_sum(shared, LID < end ? first[LID * PART_WORDS + word] : 0);
}

/* The most probable token of a row. */
FN int most_probable(GLOBAL const u64 *first, int parts, LOCAL_POINTER u64 *shared) {
    return key_id(group_largest(shared, LID < parts ? first[LID * PART_WORDS + PART_KEY] : 0));
}

/* A digit, and what the tokens beyond it weigh. */
typedef struct {
    int digit;
    u64 beyond;
} Found;

/* The largest digit from which on the sum over all slices exceeds the target. */
FN Found found_digit(GLOBAL const u64 *first, int parts, int bit, u64 target, LOCAL_POINTER u64 *shared) {
    u64 sum = 0;
    for (int i = LID / BINS; i < parts; i += SAMPLE_GROUP / BINS) {
        sum += first[i * PART_WORDS + BINS_AT(bit) + LID % BINS];
    }
    BARRIER;
    shared[LID] = sum;
    BARRIER;
    for (int reach = SAMPLE_GROUP / 2; reach >= BINS; reach /= 2) {
        if (LID < reach) {
            shared[LID] += shared[LID + reach];
        }
        BARRIER;
    }
    Found found;
    found.digit = DIGITS;
    found.beyond = shared[BEYOND_DIGITS];
    while (found.digit > 0 && found.beyond + shared[found.digit] <= target) {
        found.beyond += shared[found.digit];
        found.digit--;
    }
    BARRIER;
    return found;
}

/* Leaves the mass of a slice; behind the last cut after what min-p drops, for which nothing waits. */
FN void leave_mass(Slice s, int to, int last, LOCAL_POINTER u64 *shared) {
    drop_improbable(s.row, s.from, last ? to : s.from, FLT(s.record[ROW_MIN_P]));
    u64 mass = sum_from(s.row, s.from, to, 0, 0, shared);
    if (LID == 0) {
        s.mine[PART_MASS] = mass;
    }
}
