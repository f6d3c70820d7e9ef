package dev.quire.kernels.portable;

import java.util.List;

/**
 * One launch of a kernel over a one-dimensional grid.
 *
 * @param kernel one of {@link WorkItem#kernels()} or of {@link PortablePlan#ownKernels}, and so a name for {@link dev.quire.kernels.KernelSource}
 * @param groups work-groups, at least 1
 * @param groupSize work-items of a group
 * @param localBytes of work-group memory, beyond what the kernel declares; only kernels of the CUDA family ask for any
 * @param arguments in the order of the kernel's parameters
 */
public record KernelLaunch(String kernel, int groups, int groupSize, int localBytes, List<Argument> arguments) {
    public KernelLaunch {
        arguments = List.copyOf(arguments);
        if (groups < 1 || groupSize < 1) {
            throw new IllegalArgumentException(
                    "%s over %d groups of %d: both must be at least 1".formatted(kernel, groups, groupSize));
        }
    }

    /** A launch that asks for no local memory. */
    public KernelLaunch(String kernel, int groups, int groupSize, List<Argument> arguments) {
        this(kernel, groups, groupSize, 0, arguments);
    }

    /** A launch of one work-item for each of {@code elements}. */
    static KernelLaunch elementwise(String kernel, int elements, Argument... arguments) {
        int groups = Math.ceilDiv(elements, Constants.ELEMENT_GROUP);
        return new KernelLaunch(kernel, groups, Constants.ELEMENT_GROUP, List.of(arguments));
    }
}
