package dev.quire.backends.tornado.device;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Kernels that fill the arena and that copy between it and arrays which the host sees. A work-item per word. */
final class Copies {
    /** Work-items of a group. */
    static final int GROUP = 256;

    private Copies() {}

    /** Zeros; {@code p} holds the first word and their number. */
    static void zero(KernelContext context, IntArray p, IntArray words) {
        int i = context.globalIdx;
        if (i < p.get(1)) {
            words.set(p.get(0) + i, 0);
        }
    }

    /** Words from the host; {@code p} holds the first word, the number of whole ones, and which bits of one more are meant. */
    static void in(KernelContext context, IntArray p, IntArray words, IntArray staging) {
        int i = context.globalIdx;
        int whole = p.get(1);
        if (i < whole) {
            words.set(p.get(0) + i, staging.get(i));
        }
        int mask = p.get(2);
        if (i == 0 && mask != 0) {
            int kept = words.get(p.get(0) + whole) & ~mask;
            words.set(p.get(0) + whole, kept | (staging.get(whole) & mask));
        }
    }

    /** Words for the host; {@code p} holds the first word and their number. */
    static void out(KernelContext context, IntArray p, IntArray words, IntArray staging) {
        int i = context.globalIdx;
        if (i < p.get(1)) {
            staging.set(i, words.get(p.get(0) + i));
        }
    }
}
