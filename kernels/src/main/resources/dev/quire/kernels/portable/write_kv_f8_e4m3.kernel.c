/* WriteKv to an F8_E4M3 cache, in FAST. */
#define CACHE CACHE_F8_E4M3
#include "cache.h"

KERNEL void write_kv_f8_e4m3(GLOBAL const float *k, GLOBAL const float *v, GLOBAL const int *slots, int slots_at, GLOBAL cached *keys,
                             GLOBAL cached *values, int elements, int heads, int head_size, int block_size) {
#include "write_kv.h"
}
