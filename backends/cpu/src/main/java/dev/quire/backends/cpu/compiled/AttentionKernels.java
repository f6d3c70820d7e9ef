package dev.quire.backends.cpu.compiled;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
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

    /** rows, group, size, width, q, at, stride, out. */
    private static final MethodHandle QUERIES = LINKER.downcallHandle(
            FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS),
            Linker.Option.critical(true));
    /** rows, keys, page, values, later, from, to, lowest, highest, pairs, q, stride, scale, s. */
    private static final MethodHandle SCORES = LINKER.downcallHandle(
            FunctionDescriptor.ofVoid(
                    JAVA_INT,
                    ADDRESS,
                    ADDRESS,
                    ADDRESS,
                    ADDRESS,
                    ADDRESS,
                    ADDRESS,
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_INT,
                    ADDRESS,
                    JAVA_INT,
                    JAVA_FLOAT,
                    ADDRESS),
            Linker.Option.critical(true));
    /** rows, values, page, keys, later, from, to, lowest, highest, width, p, out. */
    private static final MethodHandle VALUES = LINKER.downcallHandle(
            FunctionDescriptor.ofVoid(
                    JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT,
                    ADDRESS, ADDRESS),
            Linker.Option.critical(true));
    /** rows, from, to, lowest, highest, scale, s, max, sum. */
    private static final MethodHandle WEIGH = LINKER.downcallHandle(
            FunctionDescriptor.ofVoid(
                    JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_FLOAT, ADDRESS, ADDRESS, ADDRESS),
            Linker.Option.critical(true));
    /** rows, group, size, width, from, to, out, sum, y, at, stride. */
    private static final MethodHandle FINISH = LINKER.downcallHandle(
            FunctionDescriptor.ofVoid(
                    JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG,
                    JAVA_LONG),
            Linker.Option.critical(true));
    /** from, to, slots, heads, size, k, its byte and stride, v, its byte and stride, keys and bytes of a page, values and bytes of a page, pages. */
    private static final MethodHandle WRITE = LINKER.downcallHandle(
            FunctionDescriptor.ofVoid(
                    JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG,
                    JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG),
            Linker.Option.critical(true));

    private final MemorySegment queries;
    private final MemorySegment scores;
    private final MemorySegment values;
    private final MemorySegment weigh;
    private final MemorySegment finish;
    private final MemorySegment write;

    /** @param suffix of functions that have a second form */
    AttentionKernels(SymbolLookup library, String suffix) {
        this.queries = library.findOrThrow("quire_queries");
        this.scores = library.findOrThrow("quire_scores" + suffix);
        this.values = library.findOrThrow("quire_values" + suffix);
        this.weigh = library.findOrThrow("quire_weigh");
        this.finish = library.findOrThrow("quire_finish");
        this.write = library.findOrThrow("quire_write");
    }

    /** A tile's queries as pairs of bf16, the first at byte {@code at} of {@code q}: {@code attend.c}, quire_queries. */
    public void queries(
            int rows, int group, int size, int width, MemorySegment q, long at, long stride, MemorySegment out) {
        try {
            QUERIES.invokeExact(queries, rows, group, size, width, q, at, stride, out);
        } catch (Throwable e) {
            throw new IllegalStateException("quire_queries cannot be called", e);
        }
    }

    /** Scores of a segment: {@code attend.c}, quire_scores. */
    public void scores(
            int rows,
            MemorySegment keys,
            MemorySegment page,
            MemorySegment valuesOfPool,
            MemorySegment later,
            MemorySegment from,
            MemorySegment to,
            int lowest,
            int highest,
            int pairs,
            MemorySegment q,
            int stride,
            float scale,
            MemorySegment s) {
        try {
            SCORES.invokeExact(
                    scores,
                    rows,
                    keys,
                    page,
                    valuesOfPool,
                    later,
                    from,
                    to,
                    lowest,
                    highest,
                    pairs,
                    q,
                    stride,
                    scale,
                    s);
        } catch (Throwable e) {
            throw new IllegalStateException("quire_scores cannot be called", e);
        }
    }

    /** Weighted values of a segment: {@code attend.c}, quire_values. */
    public void values(
            int rows,
            MemorySegment valuesOfPool,
            MemorySegment page,
            MemorySegment keys,
            MemorySegment later,
            MemorySegment from,
            MemorySegment to,
            int lowest,
            int highest,
            int width,
            MemorySegment p,
            MemorySegment out) {
        try {
            VALUES.invokeExact(values, rows, valuesOfPool, page, keys, later, from, to, lowest, highest, width, p, out);
        } catch (Throwable e) {
            throw new IllegalStateException("quire_values cannot be called", e);
        }
    }

    /** Softmax of a segment: {@code softmax.c}, quire_weigh. */
    public void weigh(
            int rows,
            MemorySegment from,
            MemorySegment to,
            int lowest,
            int highest,
            float scale,
            MemorySegment s,
            MemorySegment max,
            MemorySegment sum) {
        try {
            WEIGH.invokeExact(weigh, rows, from, to, lowest, highest, scale, s, max, sum);
        } catch (Throwable e) {
            throw new IllegalStateException("quire_weigh cannot be called", e);
        }
    }

    /** What a tile's only segment gave, in its place: {@code attend.c}, quire_finish. */
    public void finish(
            int rows,
            int group,
            int size,
            int width,
            MemorySegment from,
            MemorySegment to,
            MemorySegment out,
            MemorySegment sum,
            MemorySegment y,
            long at,
            long stride) {
        try {
            FINISH.invokeExact(finish, rows, group, size, width, from, to, out, sum, y, at, stride);
        } catch (Throwable e) {
            throw new IllegalStateException("quire_finish cannot be called", e);
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
