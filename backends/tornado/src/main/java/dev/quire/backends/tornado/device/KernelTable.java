package dev.quire.backends.tornado.device;

import dev.quire.api.BackendException;
import dev.quire.api.types.DType;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Operand;
import dev.quire.kernels.portable.WorkItem;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Which task runs a kernel: a method in Java, or the portable kernel as a prebuilt task, whichever was measured to be the better. */
final class KernelTable {
    private static final int LINEAR_ROWS = 4;

    /** Of the kernels in Java those that lose no more than a quarter to the ones of vector units (ADR 13). */
    private static final Set<String> GOOD_AMONG_VECTORS = Set.of("add", "scale", "gather_rows");

    /** Those that lose no more to the portable ones, of the ones that were measured beside them. */
    private static final Set<String> GOOD_AMONG_LANES =
            Set.of("add", "scale", "gather_rows", "rms_norm", JavaKernels.ROW);

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
            case VECTORS -> java.keySet().retainAll(GOOD_AMONG_VECTORS);
            case TILES -> java.keySet().retainAll(GOOD_AMONG_LANES);
            case JAVA -> java.putAll(JavaKernels.TILED);
        }
        return java;
    }

    WorkItem workItem() {
        return switch (set) {
            case VECTORS -> WorkItem.VECTOR;
            case TILES -> WorkItem.LANE;
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

    /** Which kernel of this table a launch runs. */
    String name(Command.Launch launch) {
        boolean row = launch.kernel().equals(JavaKernels.LINEAR)
                && launch.operands().get(LINEAR_ROWS).equals(new Operand.Int(1));
        return row && java.containsKey(JavaKernels.ROW) ? JavaKernels.ROW : launch.kernel();
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
