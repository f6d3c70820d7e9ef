/* Attention over paged keys in segments of 512 tokens at absolute positions, merged left to right (RULES, A1 to A4, N11, N14).
 * A work-group of 128 takes up to 8 query vectors of one sequence that share a KV head: rows times the heads of the group. Scores: a token per
 * work-item, dimensions in order, each key read once for all 8 vectors. Sums of p: 16 work-items a vector. Values: a dimension per work-item,
 * tokens in order. Traffic: K and V once per tile; memory: 26 KiB local. Limits: head size 256. Groups: tiles · kv_heads.
 * This is the body of a kernel for each type of cache; all include cache.h, constants.h and tanh.h first. */

#define ITEMS (ATTEND_GROUP / ATTEND_VECTORS)
#define DIMENSIONS (ATTEND_HEAD / ATTEND_GROUP)

    LOCAL float query[ATTEND_VECTORS * ATTEND_HEAD];
    LOCAL float scores[ATTEND_VECTORS * SEGMENT]; /* then p */
    LOCAL float partials[ATTEND_VECTORS * LANES];
    LOCAL float largest[ATTEND_VECTORS];
    LOCAL int lows[ATTEND_VECTORS];
    LOCAL int highs[ATTEND_VECTORS];
    int tile = GRP / kv_heads, kv_head = GRP % kv_heads, share = heads / kv_heads;
    int sequence = step[tiles_at + 2 * tile], vector = step[tiles_at + 2 * tile + 1];
    int start = step[starts_at + sequence];
    int count = (step[starts_at + sequence + 1] - start) * share - vector;
    count = count < ATTEND_VECTORS ? count : ATTEND_VECTORS;
    int base = step[first_at + sequence], end = step[ends_at + sequence];
    GLOBAL const int *table = step + tables_at + (i64)sequence * table_stride;
    int skipped = base / block_size; /* the table begins with the block of the first key */

    if (LID < ATTEND_VECTORS) {
        int low = base, high = base;
        if (LID < count) {
            int position = step[positions_at + start + (vector + LID) / share];
            low = mask == MASK_WINDOW && position - window + 1 > base ? position - window + 1 : base;
            high = mask == MASK_BIDIRECTIONAL || position + 1 > end ? end : position + 1;
        }
        lows[LID] = low;
        highs[LID] = high > low ? high : low;
    }
    for (int i = LID; i < count * head_size; i += ATTEND_GROUP) {
        int v = vector + i / head_size;
        i64 row = start + v / share;
        query[i / head_size * ATTEND_HEAD + i % head_size] = FACTOR(q[(row * heads + kv_head * share + v % share) * head_size + i % head_size]);
    }
    BARRIER;
    int low = end, high = base;
    for (int v = 0; v < count; v++) {
        if (lows[v] < highs[v]) {
            low = lows[v] < low ? lows[v] : low;
            high = highs[v] > high ? highs[v] : high;
        }
    }

    float top[ATTEND_VECTORS], mass[ATTEND_VECTORS], result[DIMENSIONS * ATTEND_VECTORS];
    int begun = 0; /* a bit for each vector that has seen a token */
    for (int v = 0; v < ATTEND_VECTORS; v++) {
        top[v] = 0.0f;
        mass[v] = 0.0f;
        for (int d = 0; d < DIMENSIONS; d++) {
            result[d * ATTEND_VECTORS + v] = 0.0f;
        }
    }
    for (int origin = low - low % SEGMENT; origin < high; origin += SEGMENT) {
        int from = low > origin ? low : origin;
        int to = high < origin + SEGMENT ? high : origin + SEGMENT;

        for (int t = from + LID; t < to; t += ATTEND_GROUP) {
            i64 page = (i64)table[t / block_size - skipped] * kv_heads + kv_head;
            GLOBAL const cached *key = keys + page * head_size * block_size + t % block_size;
            float dot[ATTEND_VECTORS];
            for (int v = 0; v < ATTEND_VECTORS; v++) {
                dot[v] = 0.0f;
            }
            for (int d = 0; d < head_size; d++) {
                float element = FROM_CACHE(key + d * block_size);
                for (int v = 0; v < ATTEND_VECTORS; v++) {
                    if (v < count) {
                        dot[v] = MAC(query[v * ATTEND_HEAD + d], element, dot[v]);
                    }
                }
            }
            for (int v = 0; v < ATTEND_VECTORS; v++) {
                if (v < count) {
                    float s = FMUL(dot[v], scale);
                    if (caps) {
                        s = capped(s, cap);
                    }
                    if (slanted) {
                        int position = step[positions_at + start + (vector + v) / share];
                        s = FADD(s, FMUL(slopes[kv_head * share + (vector + v) % share], I2F(t - position)));
                    }
                    scores[v * SEGMENT + t - origin] = s;
                }
            }
        }
        BARRIER;

        int mine = LID / ITEMS, item = LID % ITEMS;
        int seen = lows[mine] > origin ? lows[mine] - origin : 0;
        int unseen = highs[mine] < to ? highs[mine] - origin : to - origin;
        LOCAL_POINTER float *score = scores + mine * SEGMENT;
        LOCAL_POINTER float *partial = partials + mine * LANES;
        float most = FLT((int)0xff800000u);
        for (int t = seen + item; t < unseen; t += ITEMS) {
            most = score[t] > most ? score[t] : most;
        }
        partial[item] = most;
        BARRIER;
        if (item == 0) {
            for (int i = 1; i < ITEMS; i++) {
                most = partial[i] > most ? partial[i] : most;
            }
            largest[mine] = most;
        }
        BARRIER;
        for (int lane = item; lane < LANES; lane += ITEMS) {
            float sum = 0.0f;
            for (int t = lane; t < unseen; t += LANES) {
                if (t >= seen) {
                    float p = FACTOR(canon_exp(FSUB(score[t], largest[mine])));
                    score[t] = p;
                    sum = FADD(sum, p);
                }
            }
            partial[lane] = sum;
        }
        BARRIER;
        for (int reach = LANES / 2; reach > 0; reach /= 2) {
            if (item < reach) {
                partial[item] = FADD(partial[item], partial[item + reach]);
            }
            BARRIER;
        }

        for (int d = 0; d < DIMENSIONS; d++) {
            int dimension = LID + d * ATTEND_GROUP;
            float sum[ATTEND_VECTORS];
            for (int v = 0; v < ATTEND_VECTORS; v++) {
                sum[v] = 0.0f;
            }
            for (int t = from; dimension < head_size && t < to; t++) {
                i64 page = (i64)table[t / block_size - skipped] * kv_heads + kv_head;
                float element = FROM_CACHE(values + (page * block_size + t % block_size) * head_size + dimension);
                for (int v = 0; v < ATTEND_VECTORS; v++) {
                    if (t >= lows[v] && t < highs[v]) {
                        sum[v] = MAC(scores[v * SEGMENT + t - origin], element, sum[v]);
                    }
                }
            }
            for (int v = 0; v < ATTEND_VECTORS; v++) {
                float old = result[d * ATTEND_VECTORS + v];
                int visible = lows[v] < to && highs[v] > from;
                if (visible && (begun >> v & 1) != 0) {
                    float both = largest[v] > top[v] ? largest[v] : top[v];
                    old = FMUL(old, canon_exp(FSUB(top[v], both)));
                    result[d * ATTEND_VECTORS + v] = FADD(old, FMUL(sum[v], canon_exp(FSUB(largest[v], both))));
                } else if (visible) {
                    result[d * ATTEND_VECTORS + v] = sum[v];
                }
            }
        }
        for (int v = 0; v < ATTEND_VECTORS; v++) {
            if (lows[v] < to && highs[v] > from) {
                float l = partials[v * LANES];
                if ((begun >> v & 1) != 0) {
                    float both = largest[v] > top[v] ? largest[v] : top[v];
                    float old = FMUL(mass[v], canon_exp(FSUB(top[v], both)));
                    mass[v] = FADD(old, FMUL(l, canon_exp(FSUB(largest[v], both))));
                    top[v] = both;
                } else {
                    mass[v] = l;
                    top[v] = largest[v];
                    begun |= 1 << v;
                }
            }
        }
        BARRIER;
    }

    for (int v = 0; v < ATTEND_VECTORS; v++) {
        for (int d = 0; d < DIMENSIONS; d++) {
            int dimension = LID + d * ATTEND_GROUP;
            if (v < count && dimension < head_size) {
                i64 row = start + (vector + v) / share;
                i64 at = (row * heads + kv_head * share + (vector + v) % share) * head_size + dimension;
                out[at] = (begun >> v & 1) != 0 ? FDIV(result[d * ATTEND_VECTORS + v], mass[v]) : 0.0f;
            }
        }
    }
