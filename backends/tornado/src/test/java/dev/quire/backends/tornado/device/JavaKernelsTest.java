package dev.quire.backends.tornado.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.quire.api.types.WeightFormat;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Needs the API of an SDK, and none of its devices. */
class JavaKernelsTest {
    private final KernelTable table = new KernelTable(KernelSet.JAVA, new PrebuiltKernels(Path.of("nowhere"), true));

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
