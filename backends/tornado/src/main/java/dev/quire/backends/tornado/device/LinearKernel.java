package dev.quire.backends.tornado.device;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** A linear layer on bf16, as {@link ElementKernels} takes parameters. */
final class LinearKernel {
    private static final int LANES = 32;
    private static final int ROWS = 8;
    private static final int COLUMNS = 4;
    private static final int GROUP = 128;
    private static final int SLICES = 8;

    private LinearKernel() {}

    /**
     * y = x · wᵀ + bias (RULES, N4 to N6). A work-group of 4 × 32 lanes gives 4 columns of 8 rows: each run of 32 lanes owns a column and reads its
     * weights once for all rows.
     */
    static void linear(KernelContext context, int at, IntArray p, FloatArray f, ShortArray halves) {
        float[] partials = context.allocateFloatLocalArray(ROWS * GROUP);
        float[] sums = context.allocateFloatLocalArray(SLICES * ROWS * COLUMNS);
        int rows = p.get(at + 4);
        int n = p.get(at + 5);
        int k = p.get(at + 6);
        int slices = p.get(at + 7);
        int tiles = (n + COLUMNS - 1) / COLUMNS;
        int local = context.localIdx;
        int lane = local % LANES;
        int run = local / LANES;
        int column = context.groupIdx % tiles * COLUMNS + run;
        int first = context.groupIdx / tiles * ROWS;
        int count = Math.min(rows - first, ROWS);
        if (column >= n) {
            count = 0;
        }
        int weights = 2 * p.get(at + 1) + column * k;
        int in = 2 * p.get(at) + first * k;
        for (int slice = 0; slice < slices; slice++) {
            int from = (int) ((long) slice * k / slices);
            int to = (int) ((long) (slice + 1) * k / slices);
            if (count == 0) {
                to = from;
            }
            float[] sum = new float[ROWS];
            for (int r = 0; r < ROWS; r++) {
                sum[r] = 0f;
            }
            for (int i = from + lane; i < to; i += LANES) {
                float weight = Arithmetic.real(halves.get(weights + i), f);
                for (int r = 0; r < ROWS; r++) {
                    if (r < count) {
                        sum[r] = sum[r] + Arithmetic.real(halves.get(in + r * k + i), f) * weight;
                    }
                }
            }
            for (int r = 0; r < ROWS; r++) {
                partials[r * GROUP + local] = sum[r];
            }
            context.localBarrier();
            for (int reach = LANES / 2; reach > 0; reach = reach >> 1) {
                if (lane < reach) {
                    for (int r = 0; r < ROWS; r++) {
                        int mine = r * GROUP + local;
                        partials[mine] = partials[mine] + partials[mine + reach];
                    }
                }
                context.localBarrier();
            }
            if (lane < ROWS) {
                sums[(slice * COLUMNS + run) * ROWS + lane] = partials[lane * GROUP + run * LANES];
            }
            context.localBarrier();
        }
        if (lane < count) {
            int slice = run * ROWS + lane;
            for (int reach = slices / 2; reach > 0; reach = reach >> 1) {
                for (int s = 0; s < reach; s++) {
                    int mine = slice + s * COLUMNS * ROWS;
                    sums[mine] = sums[mine] + sums[mine + reach * COLUMNS * ROWS];
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
