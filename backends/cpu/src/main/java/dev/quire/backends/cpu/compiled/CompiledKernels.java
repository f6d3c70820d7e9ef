package dev.quire.backends.cpu.compiled;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.quire.backends.cpu.elementwise.Matrix;
import dev.quire.backends.cpu.onednn.NativeFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The C kernels of FAST numerics, for processors that multiply pairs of bf16 and machines whose build had a C compiler. Their bits are not the canonical
 * ones; a row's do not depend on its neighbours. What each function reads and writes stands in its source; segments may be arrays. The library stays
 * loaded. Safe for any threads; a call holds off the garbage collector for up to some hundred microseconds, since it reads arrays where they lie.
 */
@SuppressWarnings("restricted")
public final class CompiledKernels {
    private static final Logger LOG = LoggerFactory.getLogger(CompiledKernels.class);
    private static final String FOLDER = "dev/quire/backends/cpu/linux-x86_64/";
    private static final String FILE = "libquire-cpu.so";

    private static final Linker LINKER = Linker.nativeLinker();

    /** kind, first, rows, inputs, x, pairs, sums. */
    private static final MethodHandle ARRANGE = LINKER.downcallHandle(
            FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS),
            Linker.Option.critical(true));
    /** kind, first, rows, inputs, packed, panel, blockBytes, zero, pairs, sums, y. */
    private static final MethodHandle GROUPED = LINKER.downcallHandle(
            FunctionDescriptor.ofVoid(
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_INT,
                    ADDRESS,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_FLOAT,
                    ADDRESS,
                    ADDRESS,
                    ADDRESS),
            Linker.Option.critical(true));

    /** kind, data, rows, blocks, stored, to, blockBytes; waits for no garbage collector, since all memory is native. */
    private static final MethodHandle PACK = LINKER.downcallHandle(
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));
    /** first, rows, inputs, x, out. */
    private static final MethodHandle NARROW = LINKER.downcallHandle(
            FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS), Linker.Option.critical(true));
    /** first, rows, inputs, x, packed, panel, panelBytes, columns, y, to, yStride. */
    private static final MethodHandle DENSE = LINKER.downcallHandle(FunctionDescriptor.ofVoid(
            JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG,
            JAVA_INT));
    /** first, rows, inputs, x, packed, panel, panelBytes, columns, sums, out, to, stride. */
    private static final MethodHandle GATED = LINKER.downcallHandle(FunctionDescriptor.ofVoid(
            JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG,
            JAVA_INT));

    /** rows, width, gate, its byte and stride, up, its byte and stride, out, its byte and stride. */
    private static final MethodHandle GATE = LINKER.downcallHandle(FunctionDescriptor.ofVoid(
            JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG,
            JAVA_LONG));

    private final MemorySegment arrange;
    private final MemorySegment grouped;
    private final MemorySegment pack;
    private final MemorySegment narrow;
    private final MemorySegment dense;
    private final MemorySegment gated;
    private final MemorySegment gate;
    private final AttentionKernels attention;
    private final SymbolLookup library;
    private final boolean tiles;

    private CompiledKernels(SymbolLookup library, boolean tiles) {
        this.library = library;
        this.tiles = tiles;
        String suffix = tiles ? "_tiles" : "";
        this.attention = new AttentionKernels(library, suffix);
        this.arrange = library.findOrThrow("quire_arrange");
        this.grouped = library.findOrThrow("quire_grouped" + suffix);
        this.pack = library.findOrThrow("quire_pack");
        this.narrow = library.findOrThrow("quire_narrow");
        this.gate = library.findOrThrow("quire_gate");
        this.dense = library.findOrThrow("quire_dense" + suffix);
        this.gated = library.findOrThrow("quire_gated" + suffix);
    }

    /**
     * Loads the library from the class path, where it is there and the processor can run it.
     *
     * @param cache folder under which it is unpacked, once
     * @param notices hear why a library that is there cannot be loaded
     */
    public static Optional<CompiledKernels> load(Path cache, Consumer<String> notices) {
        ClassLoader loader = CompiledKernels.class.getClassLoader();
        if (loader.getResource(FOLDER + FILE) == null
                || !System.getProperty("os.name").equals("Linux")) {
            LOG.debug("attention, bf16 and quantized layers run without C: no C kernels were built");
            return Optional.empty();
        }
        try {
            Path folder = NativeFiles.unpack(loader, FOLDER, List.of(FILE), cache);
            SymbolLookup library = SymbolLookup.libraryLookup(folder.resolve(FILE), Arena.global());
            return says(library, "quire_serves")
                    ? Optional.of(new CompiledKernels(library, says(library, "quire_tiles")))
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException | NoSuchElementException e) {
            LOG.debug("the C kernels do not load", e);
            notices.accept("attention, bf16 and quantized layers run without C, for the C kernels cannot be loaded: "
                    + e.getMessage());
            return Optional.empty();
        } catch (Throwable e) {
            throw new IllegalStateException("the C kernels cannot be called", e);
        }
    }

    private static boolean says(SymbolLookup library, String question) throws Throwable {
        MethodHandle ask = LINKER.downcallHandle(library.findOrThrow(question), FunctionDescriptor.of(JAVA_INT));
        return (int) ask.invokeExact() != 0;
    }

    /** Whether layers and attention run on the processor's tiles (AMX). */
    public boolean tiles() {
        return tiles;
    }

    /** Those of attention. */
    public AttentionKernels attention() {
        return attention;
    }

    /** The same as on a processor without tiles. */
    CompiledKernels withoutTiles() {
        return new CompiledKernels(library, false);
    }

    /** Rows of x as pairs of bf16: {@code grouped.c}, quire_arrange. */
    public void arrange(
            int kind, int first, int rows, int inputs, MemorySegment x, MemorySegment pairs, MemorySegment sums) {
        try {
            ARRANGE.invokeExact(arrange, kind, first, rows, inputs, x, pairs, sums);
        } catch (Throwable e) {
            throw new IllegalStateException("quire_arrange cannot be called", e);
        }
    }

    /** Rows times a panel of weights of 4 or 8 bits: {@code grouped.c}, quire_grouped, or {@code grouped_tiles.c}. */
    public void grouped(
            int kind,
            int first,
            int rows,
            int inputs,
            MemorySegment packed,
            long panel,
            long blockBytes,
            float zero,
            MemorySegment pairs,
            MemorySegment sums,
            MemorySegment y) {
        try {
            GROUPED.invokeExact(grouped, kind, first, rows, inputs, packed, panel, blockBytes, zero, pairs, sums, y);
        } catch (Throwable e) {
            throw new IllegalStateException("quire_grouped cannot be called", e);
        }
    }

    /** Rows of weights of 4 or 8 bits into a panel: {@code pack.c}, quire_pack. Segments are native; false where a scale is not a finite number. */
    public boolean pack(
            int kind, MemorySegment data, int rows, int blocks, int stored, MemorySegment to, long blockBytes) {
        try {
            return (int) PACK.invokeExact(pack, kind, data, rows, blocks, stored, to, blockBytes) != 0;
        } catch (Throwable e) {
            throw new IllegalStateException("quire_pack cannot be called", e);
        }
    }

    /** Rows of x as bf16: {@code dense.c}, quire_narrow. */
    public void narrow(int first, int rows, int inputs, MemorySegment x, MemorySegment out) {
        try {
            NARROW.invokeExact(narrow, first, rows, inputs, x, out);
        } catch (Throwable e) {
            throw new IllegalStateException("quire_narrow cannot be called", e);
        }
    }

    /** Rows times panels of bf16 weights, all of them native memory: {@code dense.c}, quire_dense, or {@code dense_tiles.c}. */
    public void dense(
            int first,
            int rows,
            int inputs,
            MemorySegment x,
            MemorySegment packed,
            long panel,
            long panelBytes,
            int columns,
            MemorySegment y,
            long to,
            int yStride) {
        try {
            DENSE.invokeExact(dense, first, rows, inputs, x, packed, panel, panelBytes, columns, y, to, yStride);
        } catch (Throwable e) {
            throw new IllegalStateException("quire_dense cannot be called", e);
        }
    }

    /** Rows times pairs of panels of bf16 weights, gated and as bf16, all of them native memory: {@code dense.c}, quire_gated, or {@code dense_tiles.c}. */
    public void gated(
            int first,
            int rows,
            int inputs,
            MemorySegment x,
            MemorySegment packed,
            long panel,
            long panelBytes,
            int columns,
            MemorySegment sums,
            MemorySegment out,
            long to,
            int stride) {
        try {
            GATED.invokeExact(gated, first, rows, inputs, x, packed, panel, panelBytes, columns, sums, out, to, stride);
        } catch (Throwable e) {
            throw new IllegalStateException("quire_gated cannot be called", e);
        }
    }

    /** Rows {@code from} to {@code to − 1} of out = silu(gate) · up: {@code gate.c}, quire_gate. */
    public void gate(Matrix gates, Matrix ups, Matrix out, int width, int from, int to) {
        try {
            GATE.invokeExact(
                    gate,
                    to - from,
                    width,
                    gates.memory(),
                    gates.at(from),
                    (long) gates.stride(),
                    ups.memory(),
                    ups.at(from),
                    (long) ups.stride(),
                    out.memory(),
                    out.at(from),
                    (long) out.stride());
        } catch (Throwable e) {
            throw new IllegalStateException("quire_gate cannot be called", e);
        }
    }
}
