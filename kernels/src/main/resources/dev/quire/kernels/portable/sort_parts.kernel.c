/* The parts of rows in the order of their experts, cut into tiles of at most LINEAR_ROWS parts of one expert, so that one launch gives each expert its
 * own parts only. order: the parts' numbers, by expert and then by row; behind them, for each of `tiles`, its first place, its parts and its expert, no
 * parts in tiles that are left over. A number that is no expert's is compared, never followed, and its part is in no tile. Traffic: the numbers twice for
 * each expert, from cache. One group of 256. */
#include "constants.h"

KERNEL void sort_parts(GLOBAL const int *experts, GLOBAL int *order, int parts, int count, int tiles) {
    LOCAL int places[EXPERTS];
    LOCAL int firsts[EXPERTS];
    LOCAL int used[1];
    GLOBAL int *table = order + parts;
    for (int expert = LID; expert < count; expert += SAMPLE_GROUP) {
        int mine = 0;
        for (int part = 0; part < parts; part++) {
            mine += experts[part] == expert;
        }
        places[expert] = mine;
    }
    BARRIER;
    if (LID == 0) {
        int place = 0, tile = 0;
        for (int expert = 0; expert < count; expert++) {
            int mine = places[expert];
            places[expert] = place;
            firsts[expert] = tile;
            place += mine;
            tile += (mine + LINEAR_ROWS - 1) / LINEAR_ROWS;
        }
        used[0] = tile;
    }
    BARRIER;
    for (int expert = LID; expert < count; expert += SAMPLE_GROUP) {
        int place = places[expert], mine = 0, tile = firsts[expert] - 1;
        for (int part = 0; part < parts; part++) {
            if (experts[part] == expert) {
                tile += mine % LINEAR_ROWS == 0;
                order[place + mine] = part;
                table[TILE_INTS * tile] = place + mine / LINEAR_ROWS * LINEAR_ROWS;
                table[TILE_INTS * tile + 1] = mine % LINEAR_ROWS + 1;
                table[TILE_INTS * tile + 2] = expert;
                mine++;
            }
        }
    }
    for (int tile = used[0] + LID; tile < tiles; tile += SAMPLE_GROUP) {
        table[TILE_INTS * tile] = 0;
        table[TILE_INTS * tile + 1] = 0;
    }
}
