/* WriteKv to a bf16 cache. */
#include "cache.h"

KERNEL void write_kv(GLOBAL const float *k, GLOBAL const float *v, GLOBAL const int *slots, int slots_at, GLOBAL cached *keys,
                     GLOBAL cached *values, int elements, int heads, int head_size, int block_size) {
#include "write_kv.h"
}
