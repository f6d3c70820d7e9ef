package dev.quire.backends.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SubGroupsTest {
    @Test
    void intelsExtensionIsTakenBeforeTheOneOfKhronos() {
        String both = "cl_khr_subgroups cl_intel_subgroups cl_khr_fp16";
        assertEquals(SubGroups.INTEL, SubGroups.of(both, "OpenCL C 3.0"));
        assertEquals("-cl-std=CL1.2", SubGroups.INTEL.standard("linear_sub_group:FORMAT=FORMAT_Q4_0"));
    }

    @Test
    void theOneOfKhronosNeedsItsLanguage() {
        assertEquals(SubGroups.KHRONOS, SubGroups.of("cl_khr_subgroups", "OpenCL C 2.0 AMD"));
        assertEquals(SubGroups.NONE, SubGroups.of("cl_khr_subgroups", "OpenCL C 1.2"));
        assertEquals("-cl-std=CL2.0", SubGroups.KHRONOS.standard("rms_norm_sub_group"));
        assertEquals("-cl-std=CL1.2", SubGroups.KHRONOS.standard("rms_norm"));
    }

    @Test
    void aDeviceSaysWhatFastUsesThere() {
        assertEquals("", KernelSet.VECTORS.text(SubGroups.INTEL));
        assertEquals(", FAST by tiles in local memory", KernelSet.TILES.text(SubGroups.NONE));
        assertEquals(", FAST by tiles in local memory and by sub-groups", KernelSet.TILES.text(SubGroups.INTEL));
    }

    @Test
    void extensionsOfLikeNamesAreNone() {
        assertEquals(SubGroups.NONE, SubGroups.of("cl_intel_subgroups_short cl_khr_subgroups_x", "OpenCL C 2.0"));
    }
}
