/* What choosing a token does with a row of logits, or with a slice of it from `from` to `to` − 1, which a work-group of SAMPLE_GROUP has (RULES, S2 to S8). */
#include "exp.h"
#include "group.h"
#include "philox.h"

#define EVERY (-1)
#define DIGIT 3 /* bits of p that a pass of a cut finds, of 30 */
#define DIGITS ((1 << DIGIT) - 1)

/* ⌊p · 2^40⌋ from the bits of p in [0, 1]; none for a dropped token. */
FN u64 mass_of(int bits) {
    int shift = (bits >> 23) - 110;
    u64 significand = (u64)((bits & 0x7fffff) | 0x800000);
    return bits < 0x00800000 || shift < -23 ? 0 : shift >= 0 ? significand << shift : significand >> -shift;
}

/* Sum over tokens whose p has at least these bits: of masses, or of ones. */
FN u64 sum_from(GLOBAL const int *p, int from, int to, int bits, int counts, LOCAL_POINTER u64 *shared) {
    u64 sum = 0;
    for (int i = from + LID; i < to; i += SAMPLE_GROUP) {
        if (p[i] >= bits) {
            sum += counts ? 1 : mass_of(p[i]);
        }
    }
    return group_sum(shared, sum);
}

/* The first token in the order of ids at which a running sum exceeds `target`, −1 if none does: of masses if `bits` is EVERY, else of ones for
 * tokens whose p has these bits. */
FN int first_exceeding(GLOBAL const int *p, int from, int to, int bits, u64 target, LOCAL_POINTER u64 *shared) {
    int chunk = (to - from + SAMPLE_GROUP - 1) / SAMPLE_GROUP;
    int mine = to - from < LID * chunk ? to : from + LID * chunk;
    int last = to - mine < chunk ? to : mine + chunk;
    u64 sum = 0;
    for (int i = mine; i < last; i++) {
        sum += bits == EVERY ? mass_of(p[i]) : (u64)(p[i] == bits);
    }
    BARRIER;
    shared[LID] = sum;
    BARRIER;
    u64 running = 0;
    for (int i = 0; i < LID; i++) {
        running += shared[i];
    }
    u64 found = 0;
    for (int i = mine; i < last && running <= target; i++) {
        running += bits == EVERY ? mass_of(p[i]) : (u64)(p[i] == bits);
        found = running > target ? (u64)i + 1 : 0;
    }
    return (int)group_largest(shared, found) - 1;
}

/* Copies the bits of a slice and changes what the request asks for (S2). A token stands once in a list, but for biases, which one work-item per token
 * adds. */
FN void adjust(GLOBAL const float *logits, GLOBAL int *row, int from, int to, GLOBAL const int *step, GLOBAL const int *record) {
    int allowed = record[ROW_ALLOWED + 1];
    for (int i = from + LID; i < to; i += SAMPLE_GROUP) {
        row[i] = allowed > 0 ? (int)0xff800000u : BITS(logits[i]);
    }
    BARRIER;
    for (int i = LID; i < allowed; i += SAMPLE_GROUP) {
        int token = step[record[ROW_ALLOWED] + i];
        if (token >= from && token < to) {
            row[token] = BITS(logits[token]);
        }
    }
    BARRIER;
    for (int i = LID; i < record[ROW_PENALIZED + 1]; i += SAMPLE_GROUP) {
        int token = step[record[ROW_PENALIZED] + i];
        if (token >= from && token < to) {
            float x = FLT(row[token]), penalty = FLT(record[ROW_REPETITION]);
            row[token] = BITS(x > 0.0f ? FDIV(x, penalty) : FMUL(x, penalty));
        }
    }
    BARRIER;
    int produced = record[ROW_PRODUCED + 1];
    for (int i = LID; i < produced; i += SAMPLE_GROUP) {
        int token = step[record[ROW_PRODUCED] + i];
        if (token >= from && token < to) {
            float count = I2F(step[record[ROW_PRODUCED] + produced + i]);
            float penalty = FADD(FMUL(FLT(record[ROW_FREQUENCY]), count), FLT(record[ROW_PRESENCE]));
            row[token] = BITS(FSUB(FLT(row[token]), penalty));
        }
    }
    BARRIER;
    int biased = record[ROW_BIASED + 1];
    for (int i = 0; i < biased; i++) {
        int token = step[record[ROW_BIASED] + i];
        if (token >= from && token < to && token % SAMPLE_GROUP == LID) {
            row[token] = BITS(FADD(FLT(row[token]), FLT(step[record[ROW_BIASED] + biased + i])));
        }
    }
    BARRIER;
}

FN u64 wide(GLOBAL const int *words) {
    return (u64)(u32)words[1] << 32 | (u32)words[0];
}

/* The most probable token of a slice, as rank_key has it. */
FN u64 largest_key(GLOBAL const int *row, int from, int to, LOCAL_POINTER u64 *shared) {
    u64 best = 0;
    for (int i = from + LID; i < to; i += SAMPLE_GROUP) {
        u64 key = rank_key(FLT(row[i]), i);
        best = key > best ? key : best;
    }
    return group_largest(shared, best);
}

/* Whether a row draws its token. */
FN int draws_token(GLOBAL const int *record) {
    return FLT(record[ROW_TEMPERATURE]) != 0.0f && record[ROW_FORCED] < 0;
}

/* Turns adjusted logits to bits of p (S4). */
FN void soften(GLOBAL int *row, int from, int to, float largest, float temperature) {
    for (int i = from + LID; i < to; i += SAMPLE_GROUP) {
        float e = canon_exp(FDIV(FSUB(FLT(row[i]), largest), temperature));
        row[i] = e == e ? BITS(e) : 0;
    }
    BARRIER;
}

/* Drops what is improbable beside the most probable token (S7). */
FN void drop_improbable(GLOBAL int *p, int from, int to, float least) {
    for (int i = from + LID; i < to; i += SAMPLE_GROUP) {
        if (p[i] >= 0 && FLT(p[i]) < least) {
            p[i] = -1;
        }
    }
    BARRIER;
}

FN u64 random_of(GLOBAL const int *record) {
    return philox((u32)record[ROW_KEY], (u32)record[ROW_KEY + 1], (u32)record[ROW_COUNTER], (u32)record[ROW_COUNTER + 1]);
}
