/* Attention over an F8_E4M3 cache, in FAST: nothing is rounded but what is kept. */
#define CACHE CACHE_F8_E4M3
#include "cache.h"
#include "constants.h"
#include "tanh.h"

KERNEL void attend_f8_e4m3(GLOBAL const float *q, GLOBAL const cached *keys, GLOBAL const cached *values, GLOBAL const int *step,
                           GLOBAL const float *slopes, GLOBAL float *out, int tiles_at, int starts_at, int positions_at, int first_at,
                           int ends_at, int tables_at, int table_stride, int block_size, int heads, int kv_heads, int head_size, float scale,
                           int mask, int window, int caps, float cap, int slanted) {
#include "attend.h"
}
