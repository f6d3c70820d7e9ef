package dev.quire.kernels.host;

import dev.quire.api.DeviceInfo;
import dev.quire.kernels.KernelFamily;
import dev.quire.kernels.KernelName;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.portable.WorkItem;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The kernels of the CUDA family too, for one of two work-items, each compiled when it is first built, if it never was. */
final class WarpDevice extends HostDevice {
    /** Those of all devices of this JVM: loaded libraries stay. */
    private static final Map<String, HostLibrary> OWN = new ConcurrentHashMap<>();

    private final WorkItem workItem;

    /** @param portable the portable kernels */
    WarpDevice(DeviceInfo info, WorkItem workItem, HostLibrary portable) {
        super(info, portable);
        this.workItem = workItem;
    }

    @Override
    public WorkItem workItem() {
        return workItem;
    }

    @Override
    HostLibrary library(String kernel) {
        return KernelSource.names(KernelFamily.CUDA)
                        .contains(KernelName.parse(kernel).function() + ".cu")
                ? OWN.computeIfAbsent(kernel, name -> HostLibrary.of(List.of(KernelSource.cudaOnHost(name))))
                : super.library(kernel);
    }
}
