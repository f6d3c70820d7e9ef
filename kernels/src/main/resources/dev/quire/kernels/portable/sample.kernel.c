/* Chooses a token for each sampling row (RULES, S1 to S8). A work-group of 256 takes a row at a time; `scratch` holds a row for each group:
 * adjusted logits, then the bits of p, or −1 for a token that a cut dropped. Masses are integers, so the order of their sums does not matter; a
 * cut is found by the bits of p, three in a pass. Traffic: the vocabulary twice for a greedy row, some 8 times for one that draws, and 14 times more for each cut. */
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
FN u64 sum_from(GLOBAL const int *p, int vocabulary, int bits, int counts, LOCAL_POINTER u64 *shared) {
    u64 sum = 0;
    for (int i = LID; i < vocabulary; i += SAMPLE_GROUP) {
        if (p[i] >= bits) {
            sum += counts ? 1 : mass_of(p[i]);
        }
    }
    return group_sum(shared, sum);
}

/* The first token in the order of ids at which a running sum exceeds `target`, which the whole sum does: of masses if `bits` is EVERY, else of
 * ones for tokens whose p has these bits. */
FN int first_exceeding(GLOBAL const int *p, int vocabulary, int bits, u64 target, LOCAL_POINTER u64 *shared) {
    int chunk = (vocabulary + SAMPLE_GROUP - 1) / SAMPLE_GROUP;
    int from = LID * chunk < vocabulary ? LID * chunk : vocabulary;
    int to = vocabulary - from < chunk ? vocabulary : from + chunk;
    u64 sum = 0;
    for (int i = from; i < to; i++) {
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
    for (int i = from; i < to && running <= target; i++) {
        running += bits == EVERY ? mass_of(p[i]) : (u64)(p[i] == bits);
        found = running > target ? (u64)i + 1 : 0;
    }
    return (int)group_largest(shared, found) - 1;
}

/* Copies the bits of a row and changes what the request asks for (S2). A token stands once in a list, but for biases, which one work-item per token
 * adds. */
FN void adjust(GLOBAL const float *logits, GLOBAL int *row, int vocabulary, GLOBAL const int *step, GLOBAL const int *record) {
    int allowed = record[ROW_ALLOWED + 1];
    for (int i = LID; i < vocabulary; i += SAMPLE_GROUP) {
        row[i] = allowed > 0 ? (int)0xff800000u : BITS(logits[i]);
    }
    BARRIER;
    for (int i = LID; i < allowed; i += SAMPLE_GROUP) {
        int token = step[record[ROW_ALLOWED] + i];
        row[token] = BITS(logits[token]);
    }
    BARRIER;
    for (int i = LID; i < record[ROW_PENALIZED + 1]; i += SAMPLE_GROUP) {
        int token = step[record[ROW_PENALIZED] + i];
        float x = FLT(row[token]), penalty = FLT(record[ROW_REPETITION]);
        row[token] = BITS(x > 0.0f ? FDIV(x, penalty) : FMUL(x, penalty));
    }
    BARRIER;
    int produced = record[ROW_PRODUCED + 1];
    for (int i = LID; i < produced; i += SAMPLE_GROUP) {
        int token = step[record[ROW_PRODUCED] + i];
        float count = I2F(step[record[ROW_PRODUCED] + produced + i]);
        float penalty = FADD(FMUL(FLT(record[ROW_FREQUENCY]), count), FLT(record[ROW_PRESENCE]));
        row[token] = BITS(FSUB(FLT(row[token]), penalty));
    }
    BARRIER;
    int biased = record[ROW_BIASED + 1];
    for (int i = 0; i < biased; i++) {
        int token = step[record[ROW_BIASED] + i];
        if (token % SAMPLE_GROUP == LID) {
            row[token] = BITS(FADD(FLT(row[token]), FLT(step[record[ROW_BIASED] + biased + i])));
        }
    }
    BARRIER;
}

FN u64 wide(GLOBAL const int *words) {
    return (u64)(u32)words[1] << 32 | (u32)words[0];
}

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
    u64 whole = sum_from(p, asked, 0, counts, shared);
    u64 target = counts ? (u64)(k > 0 ? k - 1 : 0) : below(wide(record + ROW_TOP_P), whole);
    int cuts = whole > target ? asked : 0;
    int least = 0; /* the largest bits from which on the sum exceeds the target */
    for (int bit = cuts > 0 ? 30 - DIGIT : -1; bit >= 0; bit -= DIGIT) {
        least = refine(p, cuts, least, bit, counts, target, shared);
    }
    u64 each = counts || mass_of(least) == 0 ? 1 : mass_of(least);
    u64 wanted = (target - sum_from(p, cuts, least + 1, counts, shared)) / each;
    int last = first_exceeding(p, cuts, least, wanted, shared);
    for (int i = LID; i < cuts; i += SAMPLE_GROUP) {
        if (p[i] < least || (p[i] == least && i > last)) {
            p[i] = -1;
        }
    }
    BARRIER;
}

/* The token of an adjusted row, which becomes p. Barriers stand in no branch: where nothing is drawn, loops have nothing to do. */
FN int choose(GLOBAL int *row, int vocabulary, GLOBAL const int *record, LOCAL_POINTER u64 *shared) {
    u64 best = 0;
    for (int i = LID; i < vocabulary; i += SAMPLE_GROUP) {
        u64 key = rank_key(FLT(row[i]), i);
        best = key > best ? key : best;
    }
    int argmax = key_id(group_largest(shared, best));
    float temperature = FLT(record[ROW_TEMPERATURE]);
    float largest = FLT(row[argmax]);
    int draws = temperature != 0.0f && record[ROW_FORCED] < 0;
    int candidates = draws ? vocabulary : 0;
    BARRIER;
    for (int i = LID; i < candidates; i += SAMPLE_GROUP) {
        float e = canon_exp(FDIV(FSUB(FLT(row[i]), largest), temperature));
        row[i] = e == e ? BITS(e) : 0;
    }
    BARRIER;
    for (int which = draws ? 0 : 2; which < 2; which++) {
        cut(which, row, candidates, record, shared);
    }
    for (int i = LID; i < candidates; i += SAMPLE_GROUP) {
        if (row[i] >= 0 && FLT(row[i]) < FLT(record[ROW_MIN_P])) {
            row[i] = -1;
        }
    }
    BARRIER;
    u64 left = sum_from(row, candidates, 0, 0, shared);
    u64 random = philox((u32)record[ROW_KEY], (u32)record[ROW_KEY + 1], (u32)record[ROW_COUNTER], (u32)record[ROW_COUNTER + 1]);
    int drawn = first_exceeding(row, candidates, EVERY, below(random, left), shared);
    return drawn < 0 ? argmax : drawn;
}

KERNEL void sample(GLOBAL const float *logits, GLOBAL int *scratch, GLOBAL const int *step, int records_at, GLOBAL int *tokens, int rows,
                   int vocabulary) {
    LOCAL u64 shared[SAMPLE_GROUP];
    GLOBAL int *row = scratch + (i64)GRP * vocabulary;
    for (int r = GRP; r < rows; r += GROUPS) {
        GLOBAL const int *record = step + records_at + r * ROW_INTS;
        adjust(logits + (i64)record[ROW_LOGITS] * vocabulary, row, vocabulary, step, record);
        int token = choose(row, vocabulary, record, shared);
        if (LID == 0) {
            tokens[r] = record[ROW_FORCED] < 0 ? token : record[ROW_FORCED];
        }
        BARRIER;
    }
}
