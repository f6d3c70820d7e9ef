package dev.quire.backends.tornado.device;

import dev.quire.kernels.portable.TileShape;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** A linear layer in FAST by tiles in local memory, as {@link ElementKernels} takes parameters. */
final class TiledKernel {
    /** The one shape that it has: local arrays are as long as constants say. */
    static final TileShape SHAPE = new TileShape(32, 64, 4, 4);

    private static final int LANES = 32;
    private static final int ROWS = 32;
    private static final int COLUMNS = 64;
    private static final int ITEM = 4;
    private static final int ABREAST = COLUMNS / ITEM;
    private static final int GROUP = ROWS / ITEM * ABREAST;
    private static final int ROW_STRIDE = ROWS + 1;
    private static final int COLUMN_STRIDE = COLUMNS + 1;

    private TiledKernel() {}

    /**
     * y = x · wᵀ + bias (RULES, W1 and W3): x is float32 and not rounded, w stays as it is stored and is decoded on its way to local memory. A work-group owns
     * 32 × 64 outputs and walks over k 32 at a time; a work-item keeps 4 × 4 sums, each over k in ascending order.
     */
    static void tiled(KernelContext context, int at, int format, IntArray p, FloatArray f, ShortArray s) {
        float[] in = context.allocateFloatLocalArray(LANES * ROW_STRIDE);
        float[] weights = context.allocateFloatLocalArray(LANES * COLUMN_STRIDE);
        int rows = p.get(at + 4);
        int n = p.get(at + 5);
        int k = p.get(at + 6);
        int half = p.get(at + 7) / 2;
        int tiles = (rows + ROWS - 1) / ROWS;
        int row = context.groupIdx % tiles * ROWS;
        int column = context.groupIdx / tiles * COLUMNS;
        int local = context.localIdx;
        int itemRow = local / ABREAST * ITEM;
        int itemColumn = local % ABREAST;
        float[] sums = new float[ITEM * ITEM];
        for (int i = 0; i < ITEM * ITEM; i++) {
            sums[i] = 0f;
        }
        for (int i = 0; i < k; i += LANES) {
            int count = Math.min(k - i, LANES);
            for (int e = local; e < ROWS * LANES; e += GROUP) {
                int r = row + e / LANES;
                int j = e % LANES;
                float x = 0f;
                if (r < rows && j < count) {
                    x = f.get(p.get(at) + r * k + i + j);
                }
                in[j * ROW_STRIDE + e / LANES] = x;
            }
            for (int e = local; e < COLUMNS * LANES; e += GROUP) {
                int c = column + e / LANES;
                int j = e % LANES;
                float w = 0f;
                if (c < n && j < count) {
                    w = Stored.decode(format, 2 * p.get(at + 1) + c * half, i + j, f, s);
                }
                weights[j * COLUMN_STRIDE + e / LANES] = w;
            }
            context.localBarrier();
            for (int j = 0; j < LANES; j++) {
                for (int r = 0; r < ITEM; r++) {
                    float a = in[j * ROW_STRIDE + itemRow + r];
                    for (int c = 0; c < ITEM; c++) {
                        int sum = r * ITEM + c;
                        sums[sum] = sums[sum] + a * weights[j * COLUMN_STRIDE + itemColumn + c * ABREAST];
                    }
                }
            }
            context.localBarrier();
        }
        for (int i = 0; i < ITEM * ITEM; i++) {
            int r = row + itemRow + i / ITEM;
            int c = column + itemColumn + i % ITEM * ABREAST;
            if (r < rows && c < n) {
                float y = sums[i];
                if (p.get(at + 8) != 0) {
                    y = y + f.get(p.get(at + 2) + c);
                }
                f.set(p.get(at + 3) + r * n + c, y);
            }
        }
    }
}
