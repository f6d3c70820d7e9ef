package dev.quire.backends.opencl;

import dev.quire.api.DeviceInfo;
import dev.quire.kernels.device.DeviceSearch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jocl.CL;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * An OpenCL device that could be opened.
 *
 * @param memory how it shares memory with the host
 * @param arithmetic what it does by hardware
 * @param groups what its work-groups may have
 * @param largestAllocation bytes of the largest piece of memory that it promises to give
 */
record Target(
        cl_platform_id platform,
        cl_device_id id,
        DeviceInfo info,
        long type,
        MemoryModel memory,
        Arithmetic arithmetic,
        Groups groups,
        long largestAllocation)
        implements DeviceSearch.Candidate {
    /** The part of the machine's memory that a device which is the machine's processor may take. */
    private static final long HOST_SHARE = 4;

    /** All devices of all platforms: GPUs first, processors last, each kind in the order of the loader. */
    static List<Target> all() {
        List<Target> found = new ArrayList<>();
        for (cl_platform_id platform : platforms()) {
            for (cl_device_id device : devices(platform)) {
                Query query = Query.of(device);
                if (query.number(CL.CL_DEVICE_AVAILABLE) != 0 && query.number(CL.CL_DEVICE_COMPILER_AVAILABLE) != 0) {
                    found.add(of(platform, device, query));
                }
            }
        }
        found.sort(Comparator.comparingInt(Target::rank));
        List<Target> numbered = new ArrayList<>();
        for (Target target : found) {
            numbered.add(target.numbered(numbered.size()));
        }
        return numbered;
    }

    private static Target of(cl_platform_id platform, cl_device_id device, Query query) {
        long type = query.number(CL.CL_DEVICE_TYPE);
        long memory = query.number(CL.CL_DEVICE_GLOBAL_MEM_SIZE);
        long largest = query.number(CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE);
        boolean processor = (type & CL.CL_DEVICE_TYPE_CPU) != 0;
        String name = "%s (%s)"
                .formatted(query.text(CL.CL_DEVICE_NAME), Query.of(platform).text(CL.CL_PLATFORM_NAME));
        DeviceInfo info = new DeviceInfo(
                0, name, processor ? Math.min(largest, memory / HOST_SHARE) : memory, query.text(CL.CL_DRIVER_VERSION));
        return new Target(
                platform,
                device,
                info,
                type,
                MemoryModel.of(query.number(CL.CL_DEVICE_SVM_CAPABILITIES)),
                Arithmetic.of(query.number(CL.CL_DEVICE_SINGLE_FP_CONFIG)),
                Groups.of(query),
                largest);
    }

    private Target numbered(int index) {
        DeviceInfo as = new DeviceInfo(index, info.name(), info.memoryBytes(), info.driver());
        return new Target(platform, id, as, type, memory, arithmetic, groups, largestAllocation);
    }

    /** Whether it is the machine's processor. */
    boolean isProcessor() {
        return (type & CL.CL_DEVICE_TYPE_CPU) != 0;
    }

    private int rank() {
        if ((type & CL.CL_DEVICE_TYPE_GPU) != 0) {
            return 0;
        }
        return isProcessor() ? 2 : 1;
    }

    private static cl_platform_id[] platforms() {
        int[] count = new int[1];
        if (CL.clGetPlatformIDs(0, null, count) != CL.CL_SUCCESS) {
            return new cl_platform_id[0]; // the loader has its own code for none
        }
        cl_platform_id[] platforms = new cl_platform_id[count[0]];
        Status.check(CL.clGetPlatformIDs(platforms.length, platforms, null), "clGetPlatformIDs");
        return platforms;
    }

    private static cl_device_id[] devices(cl_platform_id platform) {
        int[] count = new int[1];
        if (CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 0, null, count) != CL.CL_SUCCESS) {
            return new cl_device_id[0]; // a driver without a device
        }
        cl_device_id[] devices = new cl_device_id[count[0]];
        Status.check(
                CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, devices.length, devices, null), "clGetDeviceIDs");
        return devices;
    }
}
