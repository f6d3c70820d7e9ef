package dev.quire.backends.tornado.device;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * Kernels that store each row's keys and values, rounded to the cache's type, at its slot (RULES, A7 and M3), as {@link ElementKernels} takes parameters. Keys
 * lie as [block, head, dimension, offset], values as [block, head, offset, dimension]. A work-item per element of both.
 */
final class WriteKernels {
    private WriteKernels() {}

    /** As bf16 (RULES, N3). */
    static void bf16(KernelContext context, int at, IntArray p, IntArray words, ShortArray halves) {
        int i = context.globalIdx;
        if (i < p.get(at + 6)) {
            int slot = slot(at, i, p, words);
            int page = page(at, i, slot, p);
            int key = Arithmetic.bf16OfBits(words.get(p.get(at) + i));
            int value = Arithmetic.bf16OfBits(words.get(p.get(at + 1) + i));
            halves.set(2 * p.get(at + 4) + page + ofKey(at, i, slot, p), (short) key);
            halves.set(2 * p.get(at + 5) + page + ofValue(at, i, slot, p), (short) value);
        }
    }

    /** As binary16. */
    static void f16(KernelContext context, int at, IntArray p, IntArray words, FloatArray f, ShortArray halves) {
        int i = context.globalIdx;
        if (i < p.get(at + 6)) {
            int slot = slot(at, i, p, words);
            int page = page(at, i, slot, p);
            int k = p.get(at) + i;
            int v = p.get(at + 1) + i;
            int key = Cached.half(f.get(k), words.get(k));
            int value = Cached.half(f.get(v), words.get(v));
            halves.set(2 * p.get(at + 4) + page + ofKey(at, i, slot, p), (short) key);
            halves.set(2 * p.get(at + 5) + page + ofValue(at, i, slot, p), (short) value);
        }
    }

    /** As they are. */
    static void f32(KernelContext context, int at, IntArray p, IntArray words) {
        int i = context.globalIdx;
        if (i < p.get(at + 6)) {
            int slot = slot(at, i, p, words);
            int page = page(at, i, slot, p);
            int key = words.get(p.get(at) + i);
            int value = words.get(p.get(at + 1) + i);
            words.set(p.get(at + 4) + page + ofKey(at, i, slot, p), key);
            words.set(p.get(at + 5) + page + ofValue(at, i, slot, p), value);
        }
    }

    /** Where the row of element {@code i} goes: steps here have no rows of padding. */
    private static int slot(int at, int i, IntArray p, IntArray words) {
        return words.get(p.get(at + 2) + p.get(at + 3) + i / (p.get(at + 7) * p.get(at + 8)));
    }

    /** Where the page of an element's head begins in a part of the cache. */
    private static int page(int at, int i, int slot, IntArray p) {
        int heads = p.get(at + 7);
        int headSize = p.get(at + 8);
        int blockSize = p.get(at + 9);
        return (slot / blockSize * heads + i / headSize % heads) * headSize * blockSize;
    }

    private static int ofKey(int at, int i, int slot, IntArray p) {
        int blockSize = p.get(at + 9);
        return i % p.get(at + 8) * blockSize + slot % blockSize;
    }

    private static int ofValue(int at, int i, int slot, IntArray p) {
        int headSize = p.get(at + 8);
        return slot % p.get(at + 9) * headSize + i % headSize;
    }
}
