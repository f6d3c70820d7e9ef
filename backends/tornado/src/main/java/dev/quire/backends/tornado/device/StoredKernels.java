package dev.quire.backends.tornado.device;

import static dev.quire.backends.tornado.KernelConstants.LANES;
import static dev.quire.backends.tornado.KernelConstants.LINEAR_COLUMNS;
import static dev.quire.backends.tornado.KernelConstants.LINEAR_GROUP;
import static dev.quire.backends.tornado.KernelConstants.LINEAR_ROWS;
import static dev.quire.backends.tornado.KernelConstants.TILE_INTS;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * Linear layers in FAST (RULES, W1 and W3), as {@link ElementKernels} takes parameters: x is float32 and not rounded, w stays as it is stored and is decoded
 * on its way to a work-item. A work-group of 4 × 32 lanes gives 4 columns of 8 rows; a lane takes every 32nd element and decodes each weight once for them.
 */
final class StoredKernels {
    /** Shorts of the unit that the distance of matrices is counted in. */
    private static final int UNIT = 128;

    private StoredKernels() {}

    /** y = x · wᵀ + bias. */
    static void linearStored(KernelContext context, int at, IntArray p, FloatArray f, ShortArray s) {
        float[] partials = context.allocateFloatLocalArray(LINEAR_ROWS * LINEAR_GROUP);
        int n = p.get(at + 5);
        int k = p.get(at + 6);
        int tiles = (n + LINEAR_COLUMNS - 1) / LINEAR_COLUMNS;
        int local = context.localIdx;
        int lane = local % LANES;
        int column = context.groupIdx % tiles * LINEAR_COLUMNS + local / LANES;
        int first = context.groupIdx / tiles * LINEAR_ROWS;
        int count = column < n ? Math.min(p.get(at + 4) - first, LINEAR_ROWS) : 0;
        int weights = 2 * p.get(at + 1) + column * (p.get(at + 7) / 2);
        int elements = count > 0 ? k : 0;
        float[] sum = new float[LINEAR_ROWS];
        for (int r = 0; r < LINEAR_ROWS; r++) {
            sum[r] = 0f;
        }
        for (int i = lane; i < elements; i += LANES) {
            float weight = Stored.decode(p.get(at + 9), weights, i, f, s);
            for (int r = 0; r < LINEAR_ROWS; r++) {
                if (r < count) {
                    sum[r] = sum[r] + f.get(p.get(at) + (first + r) * k + i) * weight;
                }
            }
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
        if (lane < count) {
            float y = partials[lane * LINEAR_GROUP + local - lane];
            if (p.get(at + 8) != 0) {
                y = y + f.get(p.get(at + 2) + column);
            }
            f.set(p.get(at + 3) + (first + lane) * n + column, y);
        }
    }

    /** y = x · wᵀ for the parts of rows, each with the matrix of its own expert (RULES, N22); tiles and matrices are those of {@link ExpertLinearKernel}. */
    static void expertLinearStored(
            KernelContext context, int at, IntArray p, IntArray words, FloatArray f, ShortArray s) {
        float[] partials = context.allocateFloatLocalArray(LINEAR_ROWS * LINEAR_GROUP);
        int n = p.get(at + 9);
        int k = p.get(at + 10);
        int tiles = (n + LINEAR_COLUMNS - 1) / LINEAR_COLUMNS;
        int local = context.localIdx;
        int lane = local % LANES;
        int column = context.groupIdx % tiles * LINEAR_COLUMNS + local / LANES;
        int tile = p.get(at + 2) + p.get(at + 7) + TILE_INTS * (context.groupIdx / tiles);
        int first = p.get(at + 2) + words.get(tile);
        int expert = words.get(tile + 2);
        int count = words.get(tile + 1);
        if (Math.min(Math.min(expert - p.get(at + 4), p.get(at + 5) - 1 - expert), n - 1 - column) < 0) {
            count = 0;
        }
        int sharing = p.get(at + 13) != 0 ? p.get(at + 8) : 1;
        int matrix = 2 * p.get(at + 1) + (expert - p.get(at + 4)) * p.get(at + 6) * UNIT;
        int weights = matrix + column * (p.get(at + 11) / 2);
        int elements = count > 0 ? k : 0;
        float[] sum = new float[LINEAR_ROWS];
        for (int r = 0; r < LINEAR_ROWS; r++) {
            sum[r] = 0f;
        }
        for (int i = lane; i < elements; i += LANES) {
            float weight = Stored.decode(p.get(at + 12), weights, i, f, s);
            for (int r = 0; r < LINEAR_ROWS; r++) {
                if (r < count) {
                    sum[r] = sum[r] + f.get(p.get(at) + words.get(first + r) / sharing * k + i) * weight;
                }
            }
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
        if (lane < count) {
            f.set(p.get(at + 3) + words.get(first + lane) * n + column, partials[lane * LINEAR_GROUP + local - lane]);
        }
    }
}
