package dev.quire.backends.tornado.device;

import static dev.quire.backends.tornado.KernelConstants.EXPERTS;
import static dev.quire.backends.tornado.KernelConstants.LANES;
import static dev.quire.backends.tornado.KernelConstants.LINEAR_ROWS;
import static dev.quire.backends.tornado.KernelConstants.SAMPLE_GROUP;
import static dev.quire.backends.tornado.KernelConstants.TILE_INTS;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Which experts work on which rows, as {@link ElementKernels} takes parameters. */
final class ExpertKernels {
    private ExpertKernels() {}

    /** Experts by falling score and their softmax (RULES, N21). A work-group of 256 takes a row: each place is the best of what is left. */
    static void route(KernelContext context, int at, IntArray p, IntArray words, FloatArray f) {
        long[] shared = context.allocateLongLocalArray(SAMPLE_GROUP);
        float[] partials = context.allocateFloatLocalArray(SAMPLE_GROUP);
        int local = context.localIdx;
        int count = p.get(at + 3);
        int chosen = p.get(at + 4);
        int overAll = p.get(at + 5); // 1, or 0
        int row = p.get(at) + context.groupIdx * count;
        int numbers = p.get(at + 1) + context.groupIdx * chosen;
        long key = Ranks.EVERYTHING;
        float most = 0f;
        float inOrder = 0f;
        for (int place = 0; place < chosen; place++) {
            long best = Ranks.NOTHING;
            for (int i = local; i < count; i += SAMPLE_GROUP) {
                long next = Ranks.key(words.get(row + i), i);
                if (next < key) {
                    best = Math.max(best, next);
                }
            }
            shared[local] = best;
            context.localBarrier();
            for (int reach = SAMPLE_GROUP / 2; reach > 0; reach = reach >> 1) {
                if (local < reach) {
                    shared[local] = Math.max(shared[local], shared[local + reach]);
                }
                context.localBarrier();
            }
            key = shared[0];
            context.localBarrier();
            int expert = row + Ranks.id(key);
            if (place == 0) {
                most = f.get(expert);
            }
            inOrder = inOrder + mass(words.get(expert), f.get(expert), most, f);
            if (local == 0) {
                words.set(numbers + place, Ranks.id(key));
            }
        }
        context.globalBarrier();
        int summed = local < LANES ? overAll * count : 0;
        float sum = 0f;
        for (int i = local; i < summed; i += LANES) {
            sum = sum + mass(words.get(row + i), f.get(row + i), most, f);
        }
        partials[local] = sum;
        context.localBarrier();
        for (int reach = LANES / 2; reach > 0; reach = reach >> 1) {
            if (local < reach) {
                partials[local] = partials[local] + partials[local + reach];
            }
            context.localBarrier();
        }
        float total = overAll != 0 ? partials[0] : inOrder;
        for (int place = local; place < chosen; place += SAMPLE_GROUP) {
            int expert = row + words.get(numbers + place);
            float y = mass(words.get(expert), f.get(expert), most, f) / total;
            f.set(p.get(at + 2) + context.groupIdx * chosen + place, y);
        }
    }

    private static float mass(int bits, float score, float most, FloatArray f) {
        float mass = 0f;
        if (!Ranks.isNan(bits)) {
            mass = Curves.exp(score - most, f);
        }
        return mass;
    }

    /**
     * The parts of rows in the order of their experts, cut into tiles of at most 8 parts of one expert (RULES, N22): the parts' numbers, and behind them for
     * each tile its first place, its parts and its expert, no parts in tiles that are left over. A number that is no expert's is compared, never followed,
     * and its part is in no tile. One group of 256.
     */
    static void sortParts(KernelContext context, int at, IntArray p, IntArray words) {
        int[] places = context.allocateIntLocalArray(EXPERTS);
        int[] firsts = context.allocateIntLocalArray(EXPERTS);
        int[] used = context.allocateIntLocalArray(1);
        int local = context.localIdx;
        int experts = p.get(at);
        int order = p.get(at + 1);
        int parts = p.get(at + 2);
        int count = p.get(at + 3);
        int table = order + parts;
        for (int expert = local; expert < count; expert += SAMPLE_GROUP) {
            int mine = 0;
            for (int part = 0; part < parts; part++) {
                mine = mine + (words.get(experts + part) == expert ? 1 : 0);
            }
            places[expert] = mine;
        }
        context.localBarrier();
        if (local == 0) {
            int place = 0;
            int tile = 0;
            for (int expert = 0; expert < count; expert++) {
                int mine = places[expert];
                places[expert] = place;
                firsts[expert] = tile;
                place = place + mine;
                tile = tile + (mine + LINEAR_ROWS - 1) / LINEAR_ROWS;
            }
            used[0] = tile;
        }
        context.localBarrier();
        for (int expert = local; expert < count; expert += SAMPLE_GROUP) {
            int place = places[expert];
            int mine = 0;
            int tile = firsts[expert] - 1;
            for (int part = 0; part < parts; part++) {
                if (words.get(experts + part) == expert) {
                    if (mine % LINEAR_ROWS == 0) {
                        tile = tile + 1;
                    }
                    words.set(order + place + mine, part);
                    words.set(table + TILE_INTS * tile, place + mine / LINEAR_ROWS * LINEAR_ROWS);
                    words.set(table + TILE_INTS * tile + 1, mine % LINEAR_ROWS + 1);
                    words.set(table + TILE_INTS * tile + 2, expert);
                    mine = mine + 1;
                }
            }
        }
        for (int tile = used[0] + local; tile < p.get(at + 4); tile += SAMPLE_GROUP) {
            words.set(table + TILE_INTS * tile, 0);
            words.set(table + TILE_INTS * tile + 1, 0);
        }
    }
}
