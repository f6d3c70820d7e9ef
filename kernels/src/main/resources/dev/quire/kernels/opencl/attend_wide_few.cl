/* Attention where no tile has more than 4 query vectors, as in decoding where few query heads share a KV head: less work for those not there. */
#include "opencl.prelude.h"
#define TILE_VECTORS ATTEND_FEW
#include "attend_wide.h"

KERNEL void attend_wide_few(GLOBAL const float *q, GLOBAL const cached *keys, GLOBAL const cached *values, GLOBAL const int *step,
                            GLOBAL const float *slopes, GLOBAL float *out, int tiles_at, int starts_at, int positions_at, int first_at,
                            int ends_at, int tables_at, int table_stride, int block_size, int heads, int kv_heads, int head_size,
                            float scale, int mask, int window, int caps, float cap, int slanted, int rounded) {
    attend_wide_tile(q, keys, values, step, slopes, out, tiles_at, starts_at, positions_at, first_at, ends_at, tables_at, table_stride,
                     block_size, heads, kv_heads, head_size, scale, mask, window, caps, cap, slanted, rounded);
}
