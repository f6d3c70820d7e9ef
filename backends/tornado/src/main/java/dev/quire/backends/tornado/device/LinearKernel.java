package dev.quire.backends.tornado.device;

import static dev.quire.backends.tornado.KernelConstants.LANES;
import static dev.quire.backends.tornado.KernelConstants.LINEAR_COLUMNS;
import static dev.quire.backends.tornado.KernelConstants.LINEAR_GROUP;
import static dev.quire.backends.tornado.KernelConstants.LINEAR_ROWS;
import static dev.quire.backends.tornado.KernelConstants.SLICES;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** A linear layer on bf16, as {@link ElementKernels} takes parameters. */
final class LinearKernel {
    /** Activations of a row that stand in local memory at a time. */
    private static final int CHUNK = 256;

    private LinearKernel() {}

    /**
     * y = x · wᵀ + bias (RULES, N4 to N6). A work-group of 4 × 32 lanes gives 4 columns of 8 rows: each run of 32 lanes owns a column and reads its
     * weights once for all rows, whose activations are decoded once for all columns on their way to local memory.
     */
    static void linear(KernelContext context, int at, IntArray p, FloatArray f, ShortArray halves) {
        float[] chunk = context.allocateFloatLocalArray(LINEAR_ROWS * CHUNK);
        float[] partials = context.allocateFloatLocalArray(LINEAR_ROWS * LINEAR_GROUP);
        float[] sums = context.allocateFloatLocalArray(SLICES * LINEAR_ROWS * LINEAR_COLUMNS);
        int rows = p.get(at + 4);
        int n = p.get(at + 5);
        int k = p.get(at + 6);
        int slices = p.get(at + 7);
        int tiles = (n + LINEAR_COLUMNS - 1) / LINEAR_COLUMNS;
        int local = context.localIdx;
        int lane = local % LANES;
        int run = local / LANES;
        int column = context.groupIdx % tiles * LINEAR_COLUMNS + run;
        int first = context.groupIdx / tiles * LINEAR_ROWS;
        int count = Math.min(rows - first, LINEAR_ROWS);
        int weights = 2 * p.get(at + 1) + column * k;
        int in = 2 * p.get(at) + first * k;
        for (int slice = 0; slice < slices; slice++) {
            int from = (int) ((long) slice * k / slices);
            int to = (int) ((long) (slice + 1) * k / slices);
            float[] sum = new float[LINEAR_ROWS];
            for (int r = 0; r < LINEAR_ROWS; r++) {
                sum[r] = 0f;
            }
            for (int origin = from; origin < to; origin += CHUNK) {
                int size = Math.min(to - origin, CHUNK);
                for (int r = 0; r < count; r++) {
                    for (int i = local; i < size; i += LINEAR_GROUP) {
                        chunk[r * CHUNK + i] = Arithmetic.real(halves.get(in + r * k + origin + i), f);
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
            float y = sums[slice];
            if (p.get(at + 8) != 0) {
                y = y + f.get(p.get(at + 2) + column);
            }
            f.set(p.get(at + 3) + (first + lane) * n + column, y);
        }
    }
}
