/* What a whole work-group of SAMPLE_GROUP finds together. Every work-item calls these; each begins and ends with a barrier. */
#include "constants.h"

FN u64 group_sum(LOCAL_POINTER u64 *shared, u64 mine) {
    BARRIER;
    shared[LID] = mine;
    BARRIER;
    for (int reach = SAMPLE_GROUP / 2; reach > 0; reach /= 2) {
        if (LID < reach) {
            shared[LID] += shared[LID + reach];
        }
        BARRIER;
    }
    u64 sum = shared[0];
    BARRIER;
    return sum;
}

FN u64 group_largest(LOCAL_POINTER u64 *shared, u64 mine) {
    BARRIER;
    shared[LID] = mine;
    BARRIER;
    for (int reach = SAMPLE_GROUP / 2; reach > 0; reach /= 2) {
        if (LID < reach && shared[LID + reach] > shared[LID]) {
            shared[LID] = shared[LID + reach];
        }
        BARRIER;
    }
    u64 largest = shared[0];
    BARRIER;
    return largest;
}

/* A number that is larger for a larger logit, and among equal logits for a lower id; NaN comes after −inf (RULES, S9 and N13). */
FN u64 rank_key(float logit, int id) {
    u32 bits = (u32)BITS(logit);
    u32 order = (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
    order = (bits & 0x7fffffffu) > 0x7f800000u ? 0 : (bits & 0x7fffffffu) == 0 ? 0x80000000u : order;
    return (u64)order << 32 | (0xffffffffu - (u32)id);
}

FN int key_id(u64 key) {
    return (int)(0xffffffffu - (u32)key);
}
