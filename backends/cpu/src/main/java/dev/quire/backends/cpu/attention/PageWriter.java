package dev.quire.backends.cpu.attention;

import dev.quire.api.format.E4M3;
import dev.quire.api.types.DType;
import dev.quire.backends.cpu.elementwise.Bf16;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Puts one head of one token in its places of a page. */
final class PageWriter {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final DType dtype;
    private final long line;
    private final int headSize;

    PageWriter(DType dtype, int headSize) {
        this.dtype = dtype;
        this.line = PagedKvPool.lineBytes(dtype);
        this.headSize = headSize;
    }

    /** Element d, or the pair (2d, 2d + 1), goes a line behind the one before. */
    void key(MemorySegment from, long in, MemorySegment page, long at) {
        if (dtype == DType.F32) {
            for (int d = 0; d < headSize; d++) {
                page.set(FLOAT, at + d * line, from.get(FLOAT, in + d * 4L));
            }
            return;
        }
        for (int d = 0; d < headSize; d += 2) {
            float low = from.get(FLOAT, in + d * 4L);
            float high = d + 1 < headSize ? from.get(FLOAT, in + d * 4L + 4) : 0f;
            pair(page, at + d / 2 * line, low, high);
        }
    }

    /** Panels of a line for each token of the page. */
    void value(MemorySegment from, long in, MemorySegment page, long at) {
        long panelBytes = Pages.TOKENS * line;
        if (dtype == DType.F32) {
            for (int d = 0; d < headSize; d++) {
                page.set(FLOAT, at + d / 16 * panelBytes + d % 16 * 4L, from.get(FLOAT, in + d * 4L));
            }
            return;
        }
        for (int panel = 0; panel < headSize; panel += 32) {
            for (int i = 0; i < 16 && panel + i < headSize; i++) {
                float low = from.get(FLOAT, in + (panel + i) * 4L);
                float high = panel + i + 16 < headSize ? from.get(FLOAT, in + (panel + i + 16) * 4L) : 0f;
                pair(page, at + panel / 32 * panelBytes + i * line / 16, low, high);
            }
        }
    }

    private void pair(MemorySegment page, long at, float low, float high) {
        if (dtype == DType.F8_E4M3) {
            int codes = (E4M3.encode(low) & 0xff) | E4M3.encode(high) << 8;
            page.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) codes);
        } else {
            page.set(ValueLayout.JAVA_INT_UNALIGNED, at, (Bf16.bits(low) & 0xffff) | Bf16.bits(high) << 16);
        }
    }
}
