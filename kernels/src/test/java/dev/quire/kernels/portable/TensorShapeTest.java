package dev.quire.kernels.portable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.DType;
import dev.quire.kernels.portable.AttendLaunches.Pages;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What boxes of pages are, and which ones no device copies. */
class TensorShapeTest {
    @ParameterizedTest
    @CsvSource({"8, 8", "16, 16", "24, 8", "32, 32", "48, 16", "64, 64", "128, 64"})
    void aBoxOfKeysIsTheLargestPowerOfTwoOfABlocksTokensUpToALine(int blockSize, int box) {
        Pages boxes = pages(blockSize);
        TensorShape keys = ((Argument.Tensor) boxes.keys()).shape();
        assertEquals(List.of((long) blockSize, 128L, 300L), keys.sizes());
        assertEquals(List.of(2L * blockSize, 256L * blockSize), keys.strides());
        assertEquals(List.of(box, 128, 1), keys.box());
        TensorShape values = ((Argument.Tensor) boxes.values()).shape();
        assertEquals(List.of(128L, (long) blockSize, 300L), values.sizes());
        assertEquals(List.of(256L, 256L * blockSize), values.strides());
        assertEquals(List.of(64, box, 1), values.box());
        assertEquals(
                new Region.Cache(0), ((Argument.Tensor) boxes.values()).start().region());
        assertEquals(768, ((Argument.Tensor) boxes.values()).start().offset());
    }

    @Test
    void linesAndStridesThatNoDeviceCopiesAreRefused() {
        refused(List.of(4L, 128L, 3L), List.of(8L, 1024L), List.of(4, 128, 1));
        refused(List.of(12L, 128L, 3L), List.of(24L, 3072L), List.of(8, 128, 1));
        refused(List.of(256L, 16L, 3L), List.of(512L, 8192L), List.of(256, 16, 1));
        refused(List.of(16L, 512L, 3L), List.of(32L, 16384L), List.of(16, 512, 1));
        refused(List.of(16L, 128L, 1L << 31), List.of(32L, 4096L), List.of(16, 128, 1));
        refused(List.of(16L, 128L), List.of(32L), List.of(16, 128));
    }

    private static Pages pages(int blockSize) {
        Region cache = new Region.Cache(0);
        Pages pages = new Pages(new Argument.At(cache, 0), new Argument.At(cache, 768), DType.BF16, blockSize);
        return PageBoxes.of(pages, 128, 300);
    }

    private static void refused(List<Long> sizes, List<Long> strides, List<Integer> box) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> new TensorShape(Short.BYTES, sizes, strides, box));
        assertTrue(refused.getMessage().contains(box.toString()), refused.getMessage());
    }
}
