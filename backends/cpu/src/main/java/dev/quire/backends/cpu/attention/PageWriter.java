package dev.quire.backends.cpu.attention;

import dev.quire.api.types.DType;
import dev.quire.backends.cpu.elementwise.Bf16;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Puts one head of one token in its places of a page. */
final class PageWriter {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private final boolean rounded;
    private final int headSize;

    PageWriter(DType dtype, int headSize) {
        this.rounded = dtype == DType.BF16;
        this.headSize = headSize;
    }

    /** Element d, or the pair (2d, 2d + 1), goes 64 bytes behind the one before. */
    void key(MemorySegment from, long in, MemorySegment page, long at) {
        if (!rounded) {
            for (int d = 0; d < headSize; d++) {
                page.set(FLOAT, at + d * 64L, from.get(FLOAT, in + d * 4L));
            }
            return;
        }
        for (int d = 0; d < headSize; d += 2) {
            float low = from.get(FLOAT, in + d * 4L);
            float high = d + 1 < headSize ? from.get(FLOAT, in + d * 4L + 4) : 0f;
            page.set(INT, at + d / 2 * 64L, pair(low, high));
        }
    }

    /** Panels of 64 bytes, 1 KiB apart. */
    void value(MemorySegment from, long in, MemorySegment page, long at) {
        if (!rounded) {
            for (int d = 0; d < headSize; d++) {
                page.set(FLOAT, at + d / 16 * 1024L + d % 16 * 4L, from.get(FLOAT, in + d * 4L));
            }
            return;
        }
        for (int panel = 0; panel < headSize; panel += 32) {
            for (int i = 0; i < 16 && panel + i < headSize; i++) {
                float low = from.get(FLOAT, in + (panel + i) * 4L);
                float high = panel + i + 16 < headSize ? from.get(FLOAT, in + (panel + i + 16) * 4L) : 0f;
                page.set(INT, at + panel / 32 * 1024L + i * 4L, pair(low, high));
            }
        }
    }

    private static int pair(float low, float high) {
        return (Bf16.bits(low) & 0xffff) | Bf16.bits(high) << 16;
    }
}
