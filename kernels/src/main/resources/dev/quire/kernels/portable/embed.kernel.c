/* out[t] = table[ids[t] + offset], decoded and not rounded (RULES, N20 and W5). A work-item per element of out. */
#include "decode.h"

KERNEL void embed(GLOBAL const int *ids, int ids_at, GLOBAL const u8 *table, GLOBAL float *out, int elements, int width, int offset,
                  int format, int row_bytes) {
    int i = GID;
    if (i < elements) {
        out[i] = decode(format, table + (i64)(ids[ids_at + i / width] + offset) * row_bytes, i % width);
    }
}
