/* WriteKv (RULES, M3, A7 and N3), as `write_kv`, where a work-item is a whole vector unit: it takes a head of a row by itself. */
#include "opencl.prelude.h"
#include "cache.h"

KERNEL void write_kv_wide(GLOBAL const float *k, GLOBAL const float *v, GLOBAL const int *slots, int slots_at, GLOBAL cached *keys,
                          GLOBAL cached *values, int items, int heads, int head_size, int block_size) {
    int item = GID;
    if (item >= items) {
        return;
    }
    int slot = slots[slots_at + item / heads];
    int offset = slot % block_size;
    i64 page = ((i64)(slot / block_size) * heads + item % heads) * head_size * block_size;
    GLOBAL cached *key = keys + page + offset;
    GLOBAL cached *value = values + page + (i64)offset * head_size;
    GLOBAL const float *from_k = k + (i64)item * head_size;
    GLOBAL const float *from_v = v + (i64)item * head_size;
    for (int d = 0; d < head_size; d++) {
        key[d * block_size] = TO_CACHE(from_k[d]);
    }
    for (int d = 0; d < head_size; d++) {
        value[d] = TO_CACHE(from_v[d]);
    }
}
