package dev.quire.kernels.portable;

import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.types.DType;
import dev.quire.kernels.KernelName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Names of the kernels that write and read a cache, by the type of its elements. Those of bf16, which both numerics have, are a work-item's own; the
 * others belong to FAST, and are built once a cache asks for them.
 */
final class CacheKernels {
    /** Types that belong to FAST. */
    static final List<DType> RARE = List.of(DType.F16, DType.F32, DType.F8_E4M3);

    /** Portable kernels of which there is one for each type. */
    private static final List<String> PORTABLE = List.of("attend", "write_kv");
    /** The same of the OpenCL family. */
    private static final List<String> WIDE =
            List.of("attend_wide", "attend_wide_few", "rope_write_wide", "write_kv_wide");

    private CacheKernels() {}

    /** A portable kernel for a type. */
    static String portable(String kernel, DType type) {
        return type == DType.BF16 ? kernel : kernel + "_" + type.name().toLowerCase(Locale.ROOT);
    }

    /** A kernel of the OpenCL or the CUDA family for a type. */
    static String own(String kernel, DType type) {
        return type == DType.BF16 ? kernel : new KernelName(kernel, Map.of("CACHE", "CACHE_" + type)).toString();
    }

    /** Portable kernels that only a cache of another type than bf16 asks for. */
    static List<String> rare() {
        List<String> kernels = new ArrayList<>();
        for (DType type : RARE) {
            PORTABLE.forEach(kernel -> kernels.add(portable(kernel, type)));
        }
        return kernels;
    }

    /** What a layout asks for, beyond what a work-item has. */
    static List<String> of(WorkItem workItem, KvCacheLayout layout) {
        List<String> kernels = new ArrayList<>();
        for (DType type : types(layout)) {
            PORTABLE.forEach(kernel -> kernels.add(portable(kernel, type)));
            if (workItem == WorkItem.VECTOR) {
                kernels.remove(portable("write_kv", type));
                WIDE.forEach(kernel -> kernels.add(own(kernel, type)));
            }
            if (workItem.isWarp()) {
                kernels.add(own("rope_write", type));
            }
        }
        if (workItem.isWarp()) {
            layout.groups().forEach(group -> kernels.addAll(WarpAttendLaunches.kernels(workItem, (PagedKv) group)));
        }
        return kernels.stream().distinct().toList();
    }

    /** The types of a layout's groups that are not bf16. */
    static List<DType> types(KvCacheLayout layout) {
        return layout.groups().stream()
                .map(group -> ((PagedKv) group).dtype())
                .filter(type -> type != DType.BF16)
                .distinct()
                .toList();
    }
}
