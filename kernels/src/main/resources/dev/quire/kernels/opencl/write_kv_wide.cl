/* WriteKv (RULES, M3 and N3), as `write_kv`, where a work-item is a whole vector unit: it takes a head of a row by itself. */
#include "opencl.prelude.h"
#include "bf16.h"

KERNEL void write_kv_wide(GLOBAL const float *k, GLOBAL const float *v, GLOBAL const int *slots, int slots_at, GLOBAL u16 *keys,
                          GLOBAL u16 *values, int items, int heads, int head_size, int block_size) {
    int item = GID;
    if (item >= items) {
        return;
    }
    int slot = slots[slots_at + item / heads];
    int offset = slot % block_size;
    i64 page = ((i64)(slot / block_size) * heads + item % heads) * head_size * block_size;
    GLOBAL u16 *key = keys + page + offset;
    GLOBAL u16 *value = values + page + (i64)offset * head_size;
    GLOBAL const float *from_k = k + (i64)item * head_size;
    GLOBAL const float *from_v = v + (i64)item * head_size;
    for (int d = 0; d < head_size; d++) {
        key[d * block_size] = bf16_round(from_k[d]);
    }
    for (int d = 0; d < head_size; d++) {
        value[d] = bf16_round(from_v[d]);
    }
}
