package dev.quire.backends.tornado.device;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Kernels with a work-item per element that apply {@link Curves}, as {@link ElementKernels} takes parameters. */
final class CurveKernels {
    private CurveKernels() {}

    /** out = act(x) (RULES, N16). */
    static void activate(KernelContext context, int at, IntArray p, FloatArray f) {
        int i = context.globalIdx;
        if (i < p.get(at + 2)) {
            f.set(p.get(at + 1) + i, Curves.activated(p.get(at + 3), f.get(p.get(at) + i), f));
        }
    }

    /** out = act(gate) · up (RULES, N16 and N20). */
    static void gated(KernelContext context, int at, IntArray p, FloatArray f) {
        int i = context.globalIdx;
        if (i < p.get(at + 3)) {
            float gate = Curves.activated(p.get(at + 4), f.get(p.get(at) + i), f);
            f.set(p.get(at + 2) + i, gate * f.get(p.get(at + 1) + i));
        }
    }

    /** out = cap · tanh(x / cap) (RULES, N20). */
    static void softCap(KernelContext context, int at, IntArray p, FloatArray reals, FloatArray f) {
        int i = context.globalIdx;
        if (i < p.get(at + 2)) {
            f.set(p.get(at + 1) + i, Curves.capped(f.get(p.get(at) + i), reals.get(at + 3), f));
        }
    }
}
