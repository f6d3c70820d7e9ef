/* Experts by falling score and their softmax (RULES, N21). A work-group of 256 takes a row: each place is the best of what is left, a number that
 * the order of experts is that of (S9 ranks logits alike). Traffic: a row's scores once for each place, from cache. Groups: rows. */
#include "exp.h"
#include "group.h"
#include "lanes.h"

FN float mass(float score, float most) {
    return score == score ? canon_exp(FSUB(score, most)) : 0.0f;
}

KERNEL void route(GLOBAL const float *scores, GLOBAL int *experts, GLOBAL float *gates, int count, int chosen, int over_all) {
    LOCAL u64 shared[SAMPLE_GROUP];
    LOCAL float partials[SAMPLE_GROUP];
    GLOBAL const float *row = scores + (i64)GRP * count;
    GLOBAL int *numbers = experts + (i64)GRP * chosen;
    float most = 0.0f, in_order = 0.0f;
    u64 key = ~(u64)0;
    for (int place = 0; place < chosen; place++) {
        u64 best = 0;
        for (int i = LID; i < count; i += SAMPLE_GROUP) {
            u64 next = rank_key(row[i], i);
            best = next < key && next > best ? next : best;
        }
        key = group_largest(shared, best);
        float score = row[key_id(key)];
        most = place == 0 ? score : most;
        in_order = FADD(in_order, mass(score, most));
        if (LID == 0) {
            numbers[place] = key_id(key);
        }
    }
    float sum = 0.0f;
    for (int i = LID; over_all && LID < LANES && i < count; i += LANES) {
        sum = FADD(sum, mass(row[i], most));
    }
    partials[LID] = sum;
    fold_lanes(partials + LID / LANES * LANES, LID % LANES, 1, 0);
    float total = over_all ? partials[0] : in_order;
    for (int place = LID; place < chosen; place += SAMPLE_GROUP) {
        gates[(i64)GRP * chosen + place] = FDIV(mass(row[numbers[place]], most), total);
    }
}
