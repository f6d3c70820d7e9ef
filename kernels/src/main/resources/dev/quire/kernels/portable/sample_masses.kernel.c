/* The second launch of sample_parts.h, where a row draws: the bits of p, and the mass of each slice; `last` if nothing is cut after it. Traffic: the vocabulary
 * three times. */
#include "sample_parts.h"

KERNEL void sample_masses(GLOBAL int *scratch, GLOBAL int *partials, GLOBAL const int *step, int records_at, int vocabulary, int parts,
                          int last) {
    LOCAL u64 shared[SAMPLE_GROUP];
    Slice s = slice_of(scratch, partials, step, records_at, vocabulary, parts);
    int size = (vocabulary + parts - 1) / parts;
    int to = draws_token(s.record) ? s.to : s.from;
    /* Other groups turn logits to p meanwhile, so the largest is read where its slice has left it. */
    float largest = FLT((int)s.first[most_probable(s.first, parts, shared) / size * PART_WORDS + PART_LOGIT]);
    soften(s.row, s.from, to, largest, FLT(s.record[ROW_TEMPERATURE]));
    leave_mass(s, to, last, shared);
}
