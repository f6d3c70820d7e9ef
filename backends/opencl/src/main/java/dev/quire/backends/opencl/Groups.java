package dev.quire.backends.opencl;

import org.jocl.CL;

/**
 * What work-groups of a device may have.
 *
 * @param mostItems work-items
 * @param localBytes local memory
 */
record Groups(long mostItems, long localBytes, SubGroups subGroups) {
    static Groups of(Query device) {
        return new Groups(
                device.number(CL.CL_DEVICE_MAX_WORK_GROUP_SIZE),
                device.number(CL.CL_DEVICE_LOCAL_MEM_SIZE),
                SubGroups.of(device.text(CL.CL_DEVICE_EXTENSIONS), device.text(CL.CL_DEVICE_OPENCL_C_VERSION)));
    }
}
