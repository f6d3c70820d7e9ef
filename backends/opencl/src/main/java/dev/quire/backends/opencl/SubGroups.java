package dev.quire.backends.opencl;

import java.util.Arrays;

/** Work-items of a group that run in lock step and add up without local memory, as a device has them. */
enum SubGroups {
    /** It has none that a kernel can ask for. */
    NONE("-cl-std=CL1.2"),
    /** By {@code cl_intel_subgroups}. */
    INTEL("-cl-std=CL1.2"),
    /** By {@code cl_khr_subgroups}, which needs the language of OpenCL 2.0. */
    KHRONOS("-cl-std=CL2.0");

    private final String standard;

    SubGroups(String standard) {
        this.standard = standard;
    }

    /**
     * Reads what a device says of itself.
     *
     * @param extensions CL_DEVICE_EXTENSIONS
     * @param language CL_DEVICE_OPENCL_C_VERSION, such as {@code OpenCL C 2.0}
     */
    static SubGroups of(String extensions, String language) {
        var names = Arrays.asList(extensions.split(" "));
        if (names.contains("cl_intel_subgroups")) {
            return INTEL;
        }
        return names.contains("cl_khr_subgroups") && language.startsWith("OpenCL C 2.") ? KHRONOS : NONE;
    }

    /** The language that a kernel is written in. */
    String standard(String kernel) {
        return kernel.contains("sub_group") ? standard : NONE.standard;
    }
}
