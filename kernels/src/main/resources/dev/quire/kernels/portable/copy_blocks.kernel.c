/* Copies blocks inside a cache group, pair after pair (RULES, M7). `pairs` holds all sources, then all destinations. A work-item per element of a
 * block and part (keys or values of a layer) goes through the pairs in order, so that a later pair sees what an earlier one wrote. */
KERNEL void copy_blocks(GLOBAL u16 *cache, GLOBAL const int *step, int pairs_at, int pairs, int elements, int block_elements,
                        int part_units) {
    int i = GID;
    if (i < elements) {
        GLOBAL u16 *part = cache + (i64)(i / block_elements) * part_units * 128;
        for (int p = 0; p < pairs; p++) {
            i64 from = step[pairs_at + p], to = step[pairs_at + pairs + p];
            part[to * block_elements + i % block_elements] = part[from * block_elements + i % block_elements];
        }
    }
}
