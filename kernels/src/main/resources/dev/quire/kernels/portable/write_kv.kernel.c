/* Stores each row's keys and values, rounded to bf16 (RULES, N3), at its slot (M3). Keys lie as [block, head, dimension, offset], values as
 * [block, head, offset, dimension]. A work-item per element: reads two floats, writes two bf16. */
#include "bf16.h"

KERNEL void write_kv(GLOBAL const float *k, GLOBAL const float *v, GLOBAL const int *slots, int slots_at, GLOBAL u16 *keys,
                     GLOBAL u16 *values, int elements, int heads, int head_size, int block_size) {
    int i = GID;
    if (i >= elements) {
        return;
    }
    int slot = slots[slots_at + i / (heads * head_size)];
    int head = i / head_size % heads;
    int dimension = i % head_size;
    int offset = slot % block_size;
    i64 page = ((i64)(slot / block_size) * heads + head) * head_size * block_size;
    keys[page + dimension * block_size + offset] = bf16_round(k[i]);
    values[page + offset * head_size + dimension] = bf16_round(v[i]);
}
