/* Rope of queries and keys (RULES, N9) and WriteKv (M3, A7, N3) in one launch: rotated keys go to the cache and nowhere else. A work-item takes a pair of a
 * head of a row, or an element past the rotated ones: of a query, or of a key and the value with it. Traffic: q, k and v read once, q and the
 * slots of the cache written. Work-items: rows · (heads + kv_heads) · (pairs + tail). */
#include "cuda.prelude.h"
#include "cache.h"

KERNEL void rope_write(const float *q, const float *k, const float *v, const int *positions, int positions_at, const float *cosines,
                       const float *sines, float *out, const int *slots, int slots_at, cached *keys, cached *values, int rows, int heads,
                       int kv_heads, int pairs, int tail, int interleaved, int block_size) {
    int part = GID % (pairs + tail), row = GID / (pairs + tail) / (heads + kv_heads);
    int head = GID / (pairs + tail) % (heads + kv_heads);
    if (row >= rows) {
        return;
    }
    int size = 2 * pairs + tail, query = head < heads, rotates = part < pairs;
    i64 at = query ? ((i64)row * heads + head) * size : ((i64)row * kv_heads + head - heads) * size;
    const float *from = (query ? q : k) + at;
    int first = !rotates ? pairs + part : interleaved ? 2 * part : part;
    int second = !rotates ? first : interleaved ? first + 1 : first + pairs;
    float a = from[first], b = from[second];
    if (rotates) {
        i64 angle = (i64)positions[positions_at + row] * pairs + part;
        float c = cosines[angle], s = sines[angle], old = a;
        a = FSUB(FMUL(a, c), FMUL(b, s));
        b = FADD(FMUL(b, c), FMUL(old, s));
    }
    if (query) {
        out[at + first] = a;
        out[at + second] = b;
        return;
    }
    int slot = slots[slots_at + row];
    if (slot < 0) { /* a row of padding */
        return;
    }
    int offset = slot % block_size;
    i64 page = ((i64)(slot / block_size) * kv_heads + head - heads) * size * block_size;
    keys[page + first * block_size + offset] = TO_CACHE(a);
    keys[page + second * block_size + offset] = TO_CACHE(b);
    values[page + offset * size + first] = TO_CACHE(v[at + first]);
    values[page + offset * size + second] = TO_CACHE(v[at + second]);
}
