package dev.quire.kernels;

import java.util.Locale;

/** The languages that a portable kernel is compiled as; each has a prelude that gives the common subset its meaning. */
public enum Dialect {
    /** OpenCL C 1.2: OpenCL devices, and SPIR-V through clang. */
    OPENCL,
    /** CUDA C, for NVRTC. */
    CUDA,
    /** C++ that runs the CUDA dialect on a CPU, for tests. */
    HOST;

    /** What stands before a kernel's own text. */
    String beginning() {
        return "#include \"%s.prelude.h\"\n".formatted(name().toLowerCase(Locale.ROOT));
    }
}
