package dev.quire.backends.tornado.device;

import static dev.quire.backends.tornado.KernelConstants.LANES;
import static dev.quire.backends.tornado.KernelConstants.LINEAR_COLUMNS;
import static dev.quire.backends.tornado.KernelConstants.LINEAR_GROUP;
import static dev.quire.backends.tornado.KernelConstants.LINEAR_ROWS;
import static dev.quire.backends.tornado.KernelConstants.SLICES;
import static dev.quire.backends.tornado.KernelConstants.TILE_INTS;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** A linear layer of experts on bf16, as {@link ElementKernels} takes parameters. */
final class ExpertLinearKernel {
    /** Elements of a part that stand in local memory at a time. */
    private static final int CHUNK = 256;
    /** Shorts of the unit that the distance of matrices is counted in. */
    private static final int UNIT = 128;

    private ExpertLinearKernel() {}

    /**
     * y = x · wᵀ for the parts of rows, each with the matrix of its own expert (RULES, N22, N4 to N6). A work-group is that of {@link LinearKernel#linear}:
     * 4 columns of one tile's parts, from {@link ExpertKernels#sortParts}. A part's x is its row's if all of a row share it, else its own. An expert that
     * none of these matrices is of leaves its tiles to another launch.
     */
    static void expertLinear(
            KernelContext context, int at, IntArray p, IntArray words, FloatArray f, ShortArray halves) {
        float[] chunk = context.allocateFloatLocalArray(LINEAR_ROWS * CHUNK);
        float[] partials = context.allocateFloatLocalArray(LINEAR_ROWS * LINEAR_GROUP);
        float[] sums = context.allocateFloatLocalArray(SLICES * LINEAR_ROWS * LINEAR_COLUMNS);
        int n = p.get(at + 9);
        int k = p.get(at + 10);
        int slices = p.get(at + 11);
        int tiles = (n + LINEAR_COLUMNS - 1) / LINEAR_COLUMNS;
        int local = context.localIdx;
        int lane = local % LANES;
        int run = local / LANES;
        int column = context.groupIdx % tiles * LINEAR_COLUMNS + run;
        int tile = p.get(at + 2) + p.get(at + 7) + TILE_INTS * (context.groupIdx / tiles);
        int first = p.get(at + 2) + words.get(tile);
        int count = words.get(tile + 1);
        int expert = words.get(tile + 2);
        if (Math.min(expert - p.get(at + 4), p.get(at + 5) - 1 - expert) < 0) {
            count = 0;
        }
        int turns = count > 0 ? slices : 0; // the same for the whole group
        int sharing = p.get(at + 12) != 0 ? p.get(at + 8) : 1;
        int weights = 2 * p.get(at + 1) + (expert - p.get(at + 4)) * p.get(at + 6) * UNIT + column * k;
        for (int slice = 0; slice < turns; slice++) {
            int from = (int) ((long) slice * k / slices);
            int to = (int) ((long) (slice + 1) * k / slices);
            float[] sum = new float[LINEAR_ROWS];
            for (int r = 0; r < LINEAR_ROWS; r++) {
                sum[r] = 0f;
            }
            for (int origin = from; origin < to; origin += CHUNK) {
                int size = Math.min(to - origin, CHUNK);
                for (int r = 0; r < count; r++) {
                    int in = 2 * p.get(at) + words.get(first + r) / sharing * k + origin;
                    for (int i = local; i < size; i += LINEAR_GROUP) {
                        chunk[r * CHUNK + i] = Arithmetic.real(halves.get(in + i), f);
                    }
                }
                context.localBarrier();
                if (column < n) {
                    for (int i = lane; i < size; i += LANES) {
                        float weight = Arithmetic.real(halves.get(weights + origin + i), f);
                        for (int r = 0; r < LINEAR_ROWS; r++) {
                            if (r < count) {
                                sum[r] = sum[r] + chunk[r * CHUNK + i] * weight;
                            }
                        }
                    }
                }
                context.localBarrier();
            }
            for (int r = 0; r < LINEAR_ROWS; r++) {
                partials[r * LINEAR_GROUP + local] = sum[r];
            }
            context.localBarrier();
            for (int reach = LANES / 2; reach > 0; reach = reach >> 1) {
                if (lane < reach) {
                    for (int r = 0; r < LINEAR_ROWS; r++) {
                        int mine = r * LINEAR_GROUP + local;
                        partials[mine] = partials[mine] + partials[mine + reach];
                    }
                }
                context.localBarrier();
            }
            if (lane < LINEAR_ROWS) {
                sums[(slice * LINEAR_COLUMNS + run) * LINEAR_ROWS + lane] = partials[lane * LINEAR_GROUP + run * LANES];
            }
            context.localBarrier();
        }
        if (lane < count && column < n) {
            int slice = run * LINEAR_ROWS + lane;
            for (int reach = slices / 2; reach > 0; reach = reach >> 1) {
                for (int s = 0; s < reach; s++) {
                    int mine = slice + s * LINEAR_COLUMNS * LINEAR_ROWS;
                    sums[mine] = sums[mine] + sums[mine + reach * LINEAR_COLUMNS * LINEAR_ROWS];
                }
            }
            f.set(p.get(at + 3) + words.get(first + lane) * n + column, sums[slice]);
        }
    }
}
