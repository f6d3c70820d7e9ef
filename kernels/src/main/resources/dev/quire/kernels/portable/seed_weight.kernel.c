/* A weight made of a seed (RULES, W8): a group makes a row at a time, a work-item eight of its words, which are one block of the generator. Runs once,
 * when weights are loaded. Traffic: the weight, written once. Groups: any number. */
#include "philox.h"

KERNEL void seed_weight(
    GLOBAL u16 *out, int rows, int row_words, int different, int key0, int key1, int name, int period, int at, int mask, int base, int next_mask, int next_base) {
    for (int row = GRP; row < rows; row += GROUPS) {
        for (int block = LID; block * 8 < row_words; block += LSZ) {
            u32 x[4] = {(u32)block, (u32)(row % different), (u32)name, 0};
            philox_block((u32)key0, (u32)key1, x);
            for (int i = 0; i < 8; i++) {
                int word = block * 8 + i;
                int place = word % period - at;
                int bits = (int)(x[i / 2] >> i % 2 * 16 & 0xffffu);
                bits = place == 0 ? (bits & mask) + base : place == 1 ? (bits & next_mask) + next_base : bits;
                if (word < row_words) {
                    out[(i64)row * row_words + word] = (u16)bits;
                }
            }
        }
    }
}
