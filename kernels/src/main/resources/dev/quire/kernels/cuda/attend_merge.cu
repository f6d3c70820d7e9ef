/* Joins the parts that `attend_decode` left of each tile and KV head: sums weighted by 2^(top − the largest top), divided by the masses' sum. A part
 * without a visible token has a top of −∞ and is skipped. Reads the parts once. Groups: tiles · kv_heads of MERGE_GROUP work-items, a dimension each. */
#include "cuda.prelude.h"
#include "constants.h"
#include "warp.h"

KERNEL void attend_merge(const float *partials, const int *step, float *out, int tiles_at, int starts_at, int splits, int heads, int kv_heads,
                         int head_size) {
    int kv_head = GRP % kv_heads, tile = GRP / kv_heads, share = heads / kv_heads;
    int sequence = step[tiles_at + 2 * tile], vector = step[tiles_at + 2 * tile + 1];
    int start = step[starts_at + sequence];
    int count = (step[starts_at + sequence + 1] - start) * share - vector;
    count = count < DECODE_VECTORS ? count : DECODE_VECTORS;
    i64 stride = DECODE_VECTORS * (head_size + 2);
    const float *parts = partials + (i64)GRP * splits * stride;
    for (int i = LID; i < count * head_size; i += MERGE_GROUP) {
        int v = i / head_size, d = i % head_size;
        const float *tops = parts + DECODE_VECTORS * head_size + v;
        float top = MINUS_INFINITY, sum = 0.0f, mass = 0.0f;
        for (int s = 0; s < splits; s++) {
            top = tops[s * stride] > top ? tops[s * stride] : top;
        }
        for (int s = 0; s < splits; s++) {
            if (tops[s * stride] > MINUS_INFINITY) {
                float weight = exp2_near(FSUB(tops[s * stride], top));
                sum = FMA(parts[s * stride + i], weight, sum);
                mass = FMA(tops[s * stride + DECODE_VECTORS], weight, mass);
            }
        }
        i64 row = start + (vector + v) / share;
        out[(row * heads + kv_head * share + (vector + v) % share) * head_size + d] = top > MINUS_INFINITY ? FDIV(sum, mass) : 0.0f;
    }
}
