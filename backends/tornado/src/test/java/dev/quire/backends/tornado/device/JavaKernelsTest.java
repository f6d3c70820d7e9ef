package dev.quire.backends.tornado.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.quire.api.types.WeightFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Needs the API of an SDK, and none of its devices. */
class JavaKernelsTest {
    private final KernelTable table = table(KernelSet.JAVA);

    private static KernelTable table(KernelSet set) {
        return new KernelTable(set, new PrebuiltKernels(Path.of("nowhere"), true));
    }

    /** Of the kernels that are in Java, those that lost more than a quarter or were not timed alone (ADR 13), and where vector units have their own. */
    @Test
    void theOtherSetsLeaveThesePrebuilt() {
        Set<String> lanes = Set.of(
                "attend",
                "attend_f16",
                "attend_f32",
                "attend_step",
                "copy_blocks",
                "copy_rows",
                "decode_matrix",
                "decode_vector",
                "gather_blocks",
                "linear_stored",
                "logprobs",
                "rope",
                "round_rows",
                "sample",
                "scatter_blocks",
                "take_tokens",
                "write_kv_f32");
        Set<String> vectors = new TreeSet<>(lanes);
        vectors.addAll(List.of("linear", "rms_norm", "write_kv", "write_kv_f16"));
        assertEquals(new TreeSet<>(lanes), prebuilt(KernelSet.TILES));
        assertEquals(vectors, prebuilt(KernelSet.VECTORS));
        assertEquals(JavaKernels.ALL.keySet(), prebuilt(KernelSet.PORTABLE));
    }

    private static Set<String> prebuilt(KernelSet set) {
        KernelTable table = table(set);
        return JavaKernels.ALL.keySet().stream()
                .filter(table::isPrebuilt)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Plans launch these for the ops of the SPI, and no others but tiles. */
    @Test
    void everyKernelThatProgramsLaunchIsInJava() {
        List<String> missing =
                table.workItem().kernels().stream().filter(table::isPrebuilt).toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void soAreTheTilesOfEveryFormat() {
        for (WeightFormat format : WeightFormat.values()) {
            assertFalse(table.isPrebuilt(TiledKernel.SHAPE.kernel(format)), format.name());
        }
    }
}
