package dev.quire.kernels.portable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.types.DType;
import dev.quire.kernels.KernelName;
import dev.quire.kernels.KernelSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WarpKernelsTest {
    private static final List<Integer> HEAD_SIZES = List.of(32, 64, 80, 96, 112, 128, 192, 256);
    /** Those of caches of 8 bits, which are shown for those that models have alone: each costs the compiler seconds. */
    private static final List<Integer> NARROW = List.of(64, 80, 96, 128, 256);

    private static final int SMALLEST_LOCAL_MEMORY = 99 << 10;
    private static final int HOPPERS_LOCAL_MEMORY = 227 << 10;
    /** What the kernels declare beside what they ask for: the window of the block table, tops, masses, query fragments of large heads. */
    private static final int MOST_DECLARED = 2560;
    /** The same of warp groups: meetings, and what each warp sees. */
    private static final int GROUPS_DECLARED = 256;

    @Test
    void workGroupsFitTheSmallestMultiprocessorSinceAmpereWhateverTheHeadSize() {
        for (int headSize = 16; headSize <= Constants.ATTEND_HEAD; headSize += 16) {
            int fragments = headSize > 128 ? WarpAttendKernel.UNIT * headSize * Short.BYTES : 0;
            int decode = WarpAttendKernel.decode(headSize, DType.BF16).localBytes() + fragments;
            int prefill = WarpAttendKernel.prefill(headSize, DType.BF16).localBytes();
            assertTrue(Math.max(decode, prefill) + MOST_DECLARED <= SMALLEST_LOCAL_MEMORY, "heads of " + headSize);
        }
    }

    @Test
    void warpGroupsFitTheMultiprocessorThatHasThem() {
        for (int headSize : List.of(64, 128)) {
            int bytes = WarpAttendKernel.prefill(WorkItem.WARP_GROUP, headSize, DType.BF16)
                    .localBytes();
            assertTrue(bytes + GROUPS_DECLARED <= HOPPERS_LOCAL_MEMORY, "heads of " + headSize);
        }
    }

    @Test
    void aDecodingGroupMergesItsWarpsWhereItsStagesWere() {
        for (int headSize = 16; headSize <= Constants.ATTEND_HEAD; headSize += 16) {
            for (DType type : List.of(DType.BF16, DType.F16, DType.F8_E4M3)) {
                WarpAttendKernel kernel = WarpAttendKernel.decode(headSize, type);
                int sums = kernel.warps() * Constants.DECODE_VECTORS * headSize * Float.BYTES;
                assertTrue(sums <= kernel.localBytes(), "heads of %d, %s".formatted(headSize, type));
            }
        }
    }

    @Test
    void nvidiasCompilerIsShownWhatPlansOfUsualModelsLaunch() {
        Set<String> launched = new HashSet<>(WorkItem.WARP.kernels());
        launched.add(WeightImage.SEEDING);
        for (int headSize : HEAD_SIZES) {
            for (WorkItem warp : List.of(WorkItem.WARP, WorkItem.WARP_GROUP)) {
                launched.addAll(WarpAttendKernel.names(warp, headSize, DType.BF16));
                for (DType type : NARROW.contains(headSize) ? CacheKernels.RARE : List.of(DType.F16, DType.F32)) {
                    launched.addAll(
                            warp.kernels(new KvCacheLayout(List.of(new PagedKv("kv", 1, 1, headSize, type, 16, 1)))));
                }
            }
        }
        WarpLinearLaunches.FORMATS.forEach(format -> launched.addAll(WarpLinearLaunches.kernels(format)));
        assertEquals(launched, new HashSet<>(KernelSource.cuda()));
        KernelSource.portable().forEach(launched::remove);
        for (String kernel : launched) {
            String text = KernelSource.cuda(kernel).text();
            KernelName.parse(kernel)
                    .definitions()
                    .forEach((name, value) -> assertTrue(text.contains("#define %s %s\n".formatted(name, value))));
        }
    }
}
