package dev.quire.backends.tornado.graphs;

import dev.quire.kernels.KernelName;

/** Where steps are cut, so that the pieces of all layers have the same kernels in the same order. */
public final class Cuts {
    private Cuts() {}

    /** Whether a piece ends behind a kernel: one that writes keys and values, whatever the type of their cache. */
    public static boolean isBehind(String kernel) {
        String function = KernelName.parse(kernel).function();
        return function.startsWith("write_kv") || function.equals("rope_write_wide");
    }
}
