/* Copies cache blocks one behind another into `staging`, on their way to the host (RULES, M8): [block, part, element]. A work-item per element of
 * a block, all parts (keys or values of a layer) counted, goes through the blocks. */
KERNEL void gather_blocks(GLOBAL const u16 *cache, GLOBAL u16 *staging, GLOBAL const int *step, int blocks_at, int blocks, int elements,
                          int block_elements, int part_units) {
    int i = GID;
    if (i < elements) {
        GLOBAL const u16 *part = cache + (i64)(i / block_elements) * part_units * 128;
        for (int b = 0; b < blocks; b++) {
            staging[(i64)b * elements + i] = part[(i64)step[blocks_at + b] * block_elements + i % block_elements];
        }
    }
}
