package dev.quire.backends.cpu.compiled;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** Attention's part of the {@link CompiledKernels}; the same holds for it. */
@SuppressWarnings("restricted")
public final class AttentionKernels {
    private static final Linker LINKER = Linker.nativeLinker();

    /** tile, q, keys, values, key pages, value pages, the next tile's of both, from, to, distance, max, sum, out, y. */
    private static final MethodHandle ATTEND = LINKER.downcallHandle(
            FunctionDescriptor.ofVoid(
                    ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
                    ADDRESS, ADDRESS, ADDRESS, ADDRESS),
            Linker.Option.critical(true));
    /** from, to, slots, heads, size, k, its byte and stride, v, its byte and stride, keys and bytes of a page, values and bytes of a page, pages. */
    private static final MethodHandle WRITE = LINKER.downcallHandle(
            FunctionDescriptor.ofVoid(
                    JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG,
                    JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG),
            Linker.Option.critical(true));

    private final MemorySegment attend;
    private final MemorySegment write;

    /** @param suffix of functions that have a second form */
    AttentionKernels(SymbolLookup library, String suffix) {
        this.attend = library.findOrThrow("quire_attend" + suffix);
        this.write = library.findOrThrow("quire_write");
    }

    /** A tile over one segment: {@code attend.c}, quire_attend. */
    public void attend(
            AttentionTile tile,
            MemorySegment q,
            MemorySegment keys,
            MemorySegment values,
            MemorySegment keyPages,
            MemorySegment valuePages,
            MemorySegment nextKeyPages,
            MemorySegment nextValuePages,
            MemorySegment from,
            MemorySegment to,
            MemorySegment distance,
            MemorySegment max,
            MemorySegment sum,
            MemorySegment out,
            MemorySegment y) {
        try {
            ATTEND.invokeExact(
                    attend,
                    tile.memory(),
                    q,
                    keys,
                    values,
                    keyPages,
                    valuePages,
                    nextKeyPages,
                    nextValuePages,
                    from,
                    to,
                    distance,
                    max,
                    sum,
                    out,
                    y);
        } catch (Throwable e) {
            throw new IllegalStateException("quire_attend cannot be called", e);
        }
    }

    /** Keys and values of rows {@code from} to {@code to − 1} in their pages: {@code write.c}, quire_write. */
    public void write(
            int from,
            int to,
            MemorySegment slots,
            int heads,
            int size,
            Matrix k,
            Matrix v,
            MemorySegment keys,
            long keyBytes,
            MemorySegment values,
            long valueBytes,
            long pages) {
        try {
            WRITE.invokeExact(
                    write,
                    from,
                    to,
                    slots,
                    heads,
                    size,
                    k.memory(),
                    k.at(0),
                    (long) k.stride(),
                    v.memory(),
                    v.at(0),
                    (long) v.stride(),
                    keys,
                    keyBytes,
                    values,
                    valueBytes,
                    pages);
        } catch (Throwable e) {
            throw new IllegalStateException("quire_write cannot be called", e);
        }
    }
}
