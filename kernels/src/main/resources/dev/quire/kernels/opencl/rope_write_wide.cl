/* Rope of queries and keys (RULES, N9) and WriteKv (M3, A7, N3) in one launch: rotated keys go to the cache and nowhere else. A work-item is a whole
 * vector unit and takes a head of a row by itself: one of `heads` queries, or one of `kv_heads` keys with its value. */
#include "opencl.prelude.h"
#include "cache.h"

KERNEL void rope_write_wide(GLOBAL const float *q, GLOBAL const float *k, GLOBAL const float *v, GLOBAL const int *positions,
                            int positions_at, GLOBAL const float *cosines, GLOBAL const float *sines, GLOBAL float *out,
                            GLOBAL const int *slots, int slots_at, GLOBAL cached *keys, GLOBAL cached *values, int rows, int heads,
                            int kv_heads, int pairs, int tail, int interleaved, int block_size) {
    int row = GID / (heads + kv_heads), head = GID % (heads + kv_heads);
    if (row >= rows) {
        return;
    }
    int size = 2 * pairs + tail;
    i64 angle = (i64)positions[positions_at + row] * pairs;
    int step = interleaved ? 2 : 1, reach = interleaved ? 1 : pairs;
    if (head < heads) {
        i64 at = ((i64)row * heads + head) * size;
        for (int i = 0; i < pairs; i++) {
            i64 first = at + step * i;
            float a = q[first], b = q[first + reach], c = cosines[angle + i], s = sines[angle + i];
            out[first] = FSUB(FMUL(a, c), FMUL(b, s));
            out[first + reach] = FADD(FMUL(b, c), FMUL(a, s));
        }
        for (int i = 2 * pairs; i < size; i++) {
            out[at + i] = q[at + i];
        }
        return;
    }
    head -= heads;
    int slot = slots[slots_at + row];
    i64 page = ((i64)(slot / block_size) * kv_heads + head) * size * block_size;
    GLOBAL cached *key = keys + page + slot % block_size;
    GLOBAL cached *value = values + page + (i64)(slot % block_size) * size;
    GLOBAL const float *from = k + ((i64)row * kv_heads + head) * size;
    for (int i = 0; i < pairs; i++) {
        int first = step * i;
        float a = from[first], b = from[first + reach], c = cosines[angle + i], s = sines[angle + i];
        key[first * block_size] = TO_CACHE(FSUB(FMUL(a, c), FMUL(b, s)));
        key[(first + reach) * block_size] = TO_CACHE(FADD(FMUL(b, c), FMUL(a, s)));
    }
    for (int i = 2 * pairs; i < size; i++) {
        key[i * block_size] = TO_CACHE(from[i]);
    }
    for (int i = 0; i < size; i++) {
        value[i] = TO_CACHE(v[((i64)row * kv_heads + head) * size + i]);
    }
}
