package dev.quire.kernels;

import java.util.Locale;

/** Which devices a kernel's source is for; each has a folder of its own. */
public enum KernelFamily {
    /** The common subset of OpenCL C 1.2 and CUDA C, behind a prelude. */
    PORTABLE,
    /** CUDA C. */
    CUDA,
    /** OpenCL C. */
    OPENCL;

    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}
