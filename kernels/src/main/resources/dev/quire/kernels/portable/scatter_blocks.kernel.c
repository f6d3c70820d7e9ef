/* Copies blocks from `staging` to their places in the cache, the reverse of gather_blocks (RULES, M8), block after block. */
KERNEL void scatter_blocks(GLOBAL u16 *cache, GLOBAL const u16 *staging, GLOBAL const int *step, int blocks_at, int blocks, int elements,
                           int block_elements, int part_units) {
    int i = GID;
    if (i < elements) {
        GLOBAL u16 *part = cache + (i64)(i / block_elements) * part_units * 128;
        for (int b = 0; b < blocks; b++) {
            part[(i64)step[blocks_at + b] * block_elements + i % block_elements] = staging[(i64)b * elements + i];
        }
    }
}
