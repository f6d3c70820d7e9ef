package dev.quire.backends.cpu.attention;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.quire.api.format.E4M3;
import dev.quire.api.types.DType;
import dev.quire.backends.cpu.elementwise.Bf16;
import dev.quire.backends.cpu.elementwise.Lanes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Puts one head of one token in its places of a page. */
final class PageWriter {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final int SIGN = 0x80000000;
    private static final int MAGNITUDE = 0x7fffffff;

    private final DType dtype;
    private final long line;
    private final int headSize;

    PageWriter(DType dtype, int headSize) {
        this.dtype = dtype;
        this.line = PagedKvPool.lineBytes(dtype);
        this.headSize = headSize;
    }

    /** Memory that {@link #key} and {@link #value} need, for one thread: a head with its padding, which stays zero. */
    int[] scratch() {
        return new int[PagedKvPool.padded(headSize)];
    }

    /** Element d, or the pair (2d, 2d + 1), goes a line behind the one before. */
    void key(MemorySegment from, long in, MemorySegment page, long at, int[] scratch) {
        if (dtype == DType.F32) {
            for (int d = 0; d < headSize; d++) {
                page.set(FLOAT, at + d * line, from.get(FLOAT, in + d * 4L));
            }
            return;
        }
        if (dtype == DType.BF16) {
            round(from, in, headSize, scratch);
            for (int d = 0; d < headSize; d += 2) {
                page.set(INT, at + d / 2 * line, scratch[d] >>> 16 | scratch[d + 1]);
            }
            return;
        }
        for (int d = 0; d < headSize; d += 2) {
            float high = d + 1 < headSize ? from.get(FLOAT, in + d * 4L + 4) : 0f;
            codes(page, at + d / 2 * line, from.get(FLOAT, in + d * 4L), high);
        }
    }

    /** Panels of a line for each token of the page. */
    void value(MemorySegment from, long in, MemorySegment page, long at, int[] scratch) {
        long panelBytes = Pages.TOKENS * line;
        if (dtype == DType.F32) {
            for (int d = 0; d < headSize; d++) {
                page.set(FLOAT, at + d / 16 * panelBytes + d % 16 * 4L, from.get(FLOAT, in + d * 4L));
            }
            return;
        }
        if (dtype == DType.BF16) {
            round(from, in, headSize, scratch);
            for (int panel = 0; panel < headSize; panel += 32) {
                for (int i = 0; i < 16; i++) {
                    int pair = scratch[panel + i] >>> 16 | scratch[panel + i + 16];
                    page.set(INT, at + panel / 32 * panelBytes + i * 4L, pair);
                }
            }
            return;
        }
        for (int panel = 0; panel < headSize; panel += 32) {
            for (int i = 0; i < 16 && panel + i < headSize; i++) {
                float low = from.get(FLOAT, in + (panel + i) * 4L);
                float high = panel + i + 16 < headSize ? from.get(FLOAT, in + (panel + i + 16) * 4L) : 0f;
                codes(page, at + panel / 32 * panelBytes + i * line / 16, low, high);
            }
        }
    }

    private static void codes(MemorySegment page, long at, float low, float high) {
        int codes = (E4M3.encode(low) & 0xff) | E4M3.encode(high) << 8;
        page.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) codes);
    }

    /** The first {@code count} elements as {@link Bf16#round(float)} gives them. Spells out the vectors, lest one lands on the heap. */
    private static void round(MemorySegment from, long in, int count, int[] out) {
        int i = 0;
        for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
            IntVector bits = FloatVector.fromMemorySegment(Lanes.FLOAT, from, in + i * 4L, LITTLE_ENDIAN)
                    .reinterpretAsInts();
            IntVector nearest = bits.add(0x7fff)
                    .add(bits.lanewise(VectorOperators.LSHR, 16).and(1))
                    .and(Bf16.HIGH);
            IntVector flushed =
                    nearest.blend(nearest.and(SIGN), nearest.and(MAGNITUDE).compare(VectorOperators.LT, Bf16.SMALLEST));
            flushed.blend(Bf16.NAN, bits.and(MAGNITUDE).compare(VectorOperators.GT, Bf16.INFINITY))
                    .intoArray(out, i);
        }
        for (; i < count; i++) {
            out[i] = Bf16.bits(from.get(FLOAT, in + i * 4L)) << 16;
        }
    }
}
