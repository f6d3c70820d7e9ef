package dev.quire.backends.opencl;

/** Which kernels a device runs: what its kind suggests, or what a setting says. */
enum KernelSet {
    /** A work-item is a vector unit: processors. */
    VECTORS,
    /** A work-item is a lane, and each kernel a portable one. */
    LANES,
    /** A work-item is a lane, and FAST multiplies by tiles in local memory: GPUs. */
    TILES;

    /** For the description of a device. */
    String text(SubGroups subGroups) {
        if (this != TILES) {
            return "";
        }
        return ", FAST by tiles in local memory" + (subGroups == SubGroups.NONE ? "" : " and by sub-groups");
    }

    static KernelSet of(Target target) {
        return target.isProcessor() ? VECTORS : TILES;
    }
}
