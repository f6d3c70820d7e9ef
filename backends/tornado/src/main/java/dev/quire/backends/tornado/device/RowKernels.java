package dev.quire.backends.tornado.device;

import static dev.quire.backends.tornado.KernelConstants.LANES;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Kernels with a work-group of 32 lanes per row, as {@link ElementKernels} takes parameters. */
final class RowKernels {
    private RowKernels() {}

    /** y = (x · r) · (w + offset), r = 1 / sqrt(mean(x²) + eps) (RULES, N8). */
    static void rmsNorm(KernelContext context, int at, IntArray p, FloatArray reals, FloatArray f) {
        float[] partials = context.allocateFloatLocalArray(LANES);
        int lane = context.localIdx;
        int width = p.get(at + 3);
        int x = p.get(at) + context.groupIdx * width;
        int weight = p.get(at + 1);
        int out = p.get(at + 2) + context.groupIdx * width;
        float sum = 0f;
        for (int i = lane; i < width; i += LANES) {
            sum = sum + f.get(x + i) * f.get(x + i);
        }
        partials[lane] = sum;
        context.localBarrier();
        for (int reach = LANES / 2; reach > 0; reach = reach >> 1) {
            if (lane < reach) {
                partials[lane] = partials[lane] + partials[lane + reach];
            }
            context.localBarrier();
        }
        float r = 1f / TornadoMath.sqrt(partials[0] / (float) width + reals.get(at + 4));
        float offset = reals.get(at + 6);
        for (int i = lane; i < width; i += LANES) {
            float y = f.get(x + i) * r;
            if (p.get(at + 5) != 0) {
                float w = f.get(weight + i);
                if (offset != 0f) {
                    w = w + offset;
                }
                y = y * w;
            }
            f.set(out + i, y);
        }
    }

    /** y = ((x − mean) · r) · w + b (RULES, N17). x is read three times. */
    static void layerNorm(KernelContext context, int at, IntArray p, FloatArray reals, FloatArray f) {
        float[] partials = context.allocateFloatLocalArray(LANES);
        int lane = context.localIdx;
        int width = p.get(at + 4);
        int x = p.get(at) + context.groupIdx * width;
        int out = p.get(at + 3) + context.groupIdx * width;
        float sum = 0f;
        for (int i = lane; i < width; i += LANES) {
            sum = sum + f.get(x + i);
        }
        partials[lane] = sum;
        context.localBarrier();
        for (int reach = LANES / 2; reach > 0; reach = reach >> 1) {
            if (lane < reach) {
                partials[lane] = partials[lane] + partials[lane + reach];
            }
            context.localBarrier();
        }
        float mean = partials[0] / (float) width;
        context.localBarrier();
        sum = 0f;
        for (int i = lane; i < width; i += LANES) {
            float d = f.get(x + i) - mean;
            sum = sum + d * d;
        }
        partials[lane] = sum;
        context.localBarrier();
        for (int reach = LANES / 2; reach > 0; reach = reach >> 1) {
            if (lane < reach) {
                partials[lane] = partials[lane] + partials[lane + reach];
            }
            context.localBarrier();
        }
        float r = 1f / TornadoMath.sqrt(partials[0] / (float) width + reals.get(at + 5));
        for (int i = lane; i < width; i += LANES) {
            float y = (f.get(x + i) - mean) * r;
            if (p.get(at + 6) != 0) {
                y = y * f.get(p.get(at + 1) + i);
            }
            if (p.get(at + 7) != 0) {
                y = y + f.get(p.get(at + 2) + i);
            }
            f.set(out + i, y);
        }
    }
}
