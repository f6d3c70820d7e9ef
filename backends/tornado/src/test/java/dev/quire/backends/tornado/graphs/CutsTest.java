package dev.quire.backends.tornado.graphs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.types.DType;
import dev.quire.kernels.portable.WorkItem;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CutsTest {
    @Test
    void stepsAreCutBehindEveryKernelThatWritesACacheOfWhateverType() {
        assertEquals(Set.of("write_kv"), cuts(WorkItem.LANE, DType.BF16));
        assertEquals(Set.of("write_kv_f16"), cuts(WorkItem.LANE, DType.F16));
        assertEquals(Set.of("write_kv_f32"), cuts(WorkItem.LANE, DType.F32));
        assertEquals(Set.of("write_kv_f8_e4m3"), cuts(WorkItem.LANE, DType.F8_E4M3));

        assertEquals(Set.of("rope_write_wide", "write_kv_wide"), cuts(WorkItem.VECTOR, DType.BF16));
        for (DType type : List.of(DType.F16, DType.F32, DType.F8_E4M3)) {
            String defined = ":CACHE=CACHE_" + type;
            assertEquals(Set.of("rope_write_wide" + defined, "write_kv_wide" + defined), cuts(WorkItem.VECTOR, type));
        }
    }

    /** Of all kernels that a program over a cache of one type may launch, those that steps are cut behind. */
    private static Set<String> cuts(WorkItem workItem, DType type) {
        KvCacheLayout layout = new KvCacheLayout(List.of(new PagedKv("kv", 1, 1, 64, type, 16, 1)));
        Stream<String> base = type == DType.BF16 ? workItem.kernels().stream() : Stream.of();
        TreeSet<String> found = new TreeSet<>();
        Stream.concat(base, workItem.kernels(layout).stream())
                .filter(Cuts::isBehind)
                .forEach(found::add);
        return found;
    }
}
