package dev.quire.backends.tornado.device;

import dev.quire.api.BackendException;
import dev.quire.api.types.DType;
import dev.quire.kernels.portable.WorkItem;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Which task runs a kernel: a method in Java, or the portable kernel as a prebuilt task, whichever was measured to be the better. */
final class KernelTable {
    /** Of the kernels in Java those that lose no more than a quarter to the portable ones, where vector units and lanes run the same (ADR 13). */
    private static final Set<String> GOOD = Set.of(
            "activate",
            "add",
            "embed",
            "expert_linear",
            "expert_linear_stored",
            "gated",
            "gather_rows",
            "layer_norm",
            "route",
            "scale",
            "slice",
            "soft_cap",
            "sort_parts",
            "weighted_sum");

    /** The same of those in whose place vector units have kernels of their own. */
    private static final Set<String> GOOD_AMONG_LANES = Set.of("linear", "rms_norm", "write_kv", "write_kv_f16");

    private final KernelSet set;
    private final PrebuiltKernels prebuilt;
    private final Map<String, Views.Kernel> java;
    private final Map<String, Views.Kernel> found = new HashMap<>();

    KernelTable(KernelSet set, PrebuiltKernels prebuilt) {
        this.set = set;
        this.prebuilt = prebuilt;
        this.java = java(set);
    }

    private static Map<String, Views.Kernel> java(KernelSet set) {
        Map<String, Views.Kernel> java = new HashMap<>(JavaKernels.ALL);
        switch (set) {
            case VECTORS -> java.keySet().retainAll(GOOD);
            case TILES -> java.keySet().removeIf(name -> !GOOD.contains(name) && !GOOD_AMONG_LANES.contains(name));
            case PORTABLE -> java.clear();
            case JAVA -> java.putAll(JavaKernels.TILED);
        }
        return java;
    }

    WorkItem workItem() {
        return switch (set) {
            case VECTORS -> WorkItem.VECTOR;
            case TILES, PORTABLE -> WorkItem.LANE;
            case JAVA -> WorkItem.SIMPLE_LANE;
        };
    }

    /** Types of caches that kernels keep here. An array of bytes, counted by ints, would reach half of the arena: Java has no cache of 8-bit floats. */
    Set<DType> cacheTypes() {
        return set == KernelSet.JAVA
                ? Set.of(DType.BF16, DType.F16, DType.F32)
                : Set.of(DType.BF16, DType.F16, DType.F32, DType.F8_E4M3);
    }

    /** Whether FAST multiplies by tiles in local memory. */
    boolean tiles() {
        return set != KernelSet.VECTORS;
    }

    /** @throws BackendException of kind UNSUPPORTED if there is none for this device */
    Views.Kernel find(String kernel) {
        return found.computeIfAbsent(kernel, this::task);
    }

    /** Whether a kernel is a prebuilt task. */
    boolean isPrebuilt(String kernel) {
        return !java.containsKey(kernel);
    }

    private Views.Kernel task(String kernel) {
        if (java.containsKey(kernel)) {
            return java.get(kernel);
        }
        if (set == KernelSet.JAVA) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "kernel %s is not in Java; choose a device of the SDK's OpenCL backend".formatted(kernel));
        }
        return prebuilt.task(kernel);
    }
}
