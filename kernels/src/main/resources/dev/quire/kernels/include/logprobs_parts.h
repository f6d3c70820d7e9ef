/* Log-probabilities of rows in `parts` slices each, as sample_parts.h samples them (RULES, S9 and N19): logprobs_tops, logprobs_weights, and logprobs_merge with a work-group
 * for each row. `scratch` holds a row of exponentials for each. `partials` holds for each slice the keys of its most probable tokens, falling, and behind `width`
 * of them how many tokens have a greater logit than the chosen one. Rows that ask for none have empty slices. */
#include "exp.h"
#include "group.h"

/* What a work-group has. */
typedef struct {
    GLOBAL const float *row;
    GLOBAL u64 *first, *mine; /* numbers of the row's slices, and of its own one */
    int wanted, keys;         /* tokens to report, and keys that each slice leaves */
    int from, to;
} Reported;

FN Reported reported_of(int r, int part, GLOBAL const float *logits, GLOBAL int *partials, GLOBAL const int *step, int records_at, int vocabulary,
                        int parts, int width) {
    Reported s;
    GLOBAL const int *record = step + records_at + r * ROW_INTS;
    int size = (vocabulary + parts - 1) / parts, asked = record[ROW_TOP_LOGPROBS];
    s.wanted = asked < vocabulary ? asked : vocabulary;
    s.keys = s.wanted < 0 ? 0 : s.wanted == 0 ? 1 : s.wanted;
    s.row = logits + (i64)record[ROW_LOGITS] * vocabulary;
    s.first = (GLOBAL u64 *)partials + (i64)r * parts * (width + 1);
    s.mine = s.first + part * (width + 1);
    s.from = part * size < vocabulary ? part * size : vocabulary;
    s.to = s.keys == 0 ? s.from : vocabulary - s.from < size ? vocabulary : s.from + size;
    return s;
}

/* The greatest logit of a row that is not NaN, −inf if all are. */
FN float largest_logit(Reported s, int parts, int width, LOCAL_POINTER u64 *shared) {
    u64 key = group_largest(shared, s.keys > 0 && LID < parts ? s.first[LID * (width + 1)] : 0);
    float largest = key == 0 ? 0.0f : s.row[key_id(key)];
    return largest == largest ? largest : FLT((int)0xff800000u);
}
