package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.quire.backends.cpu.onednn.MatrixType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Brings rows of weights into panels: [K][64] float32, or [K/2][64][2] bf16, K rounded up; what no weight fills is zero. This is
 * also what oneDNN reads.
 */
final class DensePacking {
    static final ValueLayout.OfInt FILE_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfShort FILE_SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Inputs that are moved together, so that both sides stay in the first cache. */
    private static final int TILE = 32;

    private DensePacking() {}

    /**
     * Packs up to 64 rows, from {@code firstRow}, into one panel of zeros.
     *
     * @param weight in F32, BF16 or F16; F16 becomes float32
     * @param panel byte offset in {@code packed}
     */
    static void pack(LinearWeight weight, int firstRow, MemorySegment packed, long panel) {
        int rows = Math.min(Panels.WIDTH, weight.outputs() - firstRow);
        for (int k = 0; k < weight.inputs(); k += TILE) {
            int end = Math.min(weight.inputs(), k + TILE);
            for (int row = 0; row < rows; row++) {
                long from = (long) (firstRow + row) * weight.inputs();
                switch (weight.format()) {
                    case F32 -> floats(weight.data(), from, k, end, packed, panel + 4L * row);
                    case F16 -> halves(weight.data(), from, k, end, packed, panel + 4L * row);
                    case BF16 -> bfloats(weight.data(), from, k, end, packed, panel + 4L * row);
                    default -> throw new IllegalArgumentException(weight.format() + " weights are not dense");
                }
            }
        }
    }

    /** The element type that a format is packed as. */
    static MatrixType type(LinearWeight weight) {
        return switch (weight.format()) {
            case F32, F16 -> MatrixType.F32;
            case BF16 -> MatrixType.BF16;
            default -> throw new IllegalArgumentException(weight.format() + " weights are not dense");
        };
    }

    private static void floats(MemorySegment data, long from, int k, int end, MemorySegment packed, long column) {
        for (int i = k; i < end; i++) {
            packed.set(JAVA_INT, column + 4L * Panels.WIDTH * i, data.get(FILE_INT, 4 * (from + i)));
        }
    }

    private static void halves(MemorySegment data, long from, int k, int end, MemorySegment packed, long column) {
        for (int i = k; i < end; i++) {
            float value = Float.float16ToFloat(data.get(FILE_SHORT, 2 * (from + i)));
            packed.set(JAVA_FLOAT, column + 4L * Panels.WIDTH * i, value);
        }
    }

    private static void bfloats(MemorySegment data, long from, int k, int end, MemorySegment packed, long column) {
        int i = k;
        for (; i + 1 < end; i += 2) {
            packed.set(JAVA_INT, column + 2L * Panels.WIDTH * i, data.get(FILE_INT, 2 * (from + i)));
        }
        if (i < end) {
            packed.set(JAVA_SHORT, column + 2L * Panels.WIDTH * i, data.get(FILE_SHORT, 2 * (from + i)));
        }
    }
}
