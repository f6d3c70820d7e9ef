package dev.quire.backends.tornado;

import dev.quire.api.BackendException;
import dev.quire.kernels.portable.WorkItem;
import java.util.HashMap;
import java.util.Map;

/** Which task runs a kernel. */
final class KernelTable {
    private final Target target;
    private final PrebuiltKernels prebuilt;
    private final Map<String, Views.Kernel> found = new HashMap<>();

    KernelTable(Target target, PrebuiltKernels prebuilt) {
        this.target = target;
        this.prebuilt = prebuilt;
    }

    WorkItem workItem() {
        return WorkItem.LANE;
    }

    /** @throws BackendException of kind UNSUPPORTED if there is none for this device */
    Views.Kernel find(String kernel) {
        return found.computeIfAbsent(kernel, this::task);
    }

    /** Whether a kernel must be the first of its graph: TornadoVM 5.2 runs every prebuilt task of a graph with the code of the first task. */
    boolean beginsGraph(String kernel) {
        return true;
    }

    private Views.Kernel task(String kernel) {
        if (!target.takesOpenCl()) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "kernel %s is written in OpenCL C, which %s does not take; choose a device of the SDK's OpenCL backend"
                            .formatted(kernel, target.info().name()));
        }
        return prebuilt.task(kernel);
    }
}
