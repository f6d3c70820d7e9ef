package dev.quire.kernels.device;

import dev.quire.kernels.KernelCache;
import dev.quire.kernels.portable.TileShape;
import java.util.List;

/**
 * What a device offers to kernels that multiply in local memory.
 *
 * @param mostItems work-items that a group may have
 * @param localBytes local memory that a group may have
 * @param subGroups whether it has sub-groups, and sums over them
 * @param cache keeps the shapes that the device multiplies fastest with
 */
public record Tiling(long mostItems, long localBytes, boolean subGroups, KernelCache cache) {
    /** The shapes that fit the device; none on one that is smaller than OpenCL demands of GPUs. */
    List<TileShape> shapes() {
        return TileShape.ALL.stream()
                .filter(shape -> shape.groupSize() <= mostItems && shape.localBytes() <= localBytes)
                .toList();
    }
}
