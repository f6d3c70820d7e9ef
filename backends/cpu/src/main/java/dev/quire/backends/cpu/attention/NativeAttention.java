package dev.quire.backends.cpu.attention;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

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
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The C kernels of FAST attention over bf16 pages ({@code src/native/attend.c}), for processors that multiply pairs of bf16 and machines whose build
 * had a C compiler. Their bits are not the canonical ones; a row's do not depend on its neighbours. The library stays loaded. Safe for any threads;
 * a call holds off the garbage collector for some microseconds, since it reads arrays where they lie.
 */
@SuppressWarnings("restricted")
public final class NativeAttention {
    private static final Logger LOG = LoggerFactory.getLogger(NativeAttention.class);
    private static final String FOLDER = "dev/quire/backends/cpu/linux-x86_64/";
    private static final String FILE = "libquire-cpu.so";

    private static final Linker LINKER = Linker.nativeLinker();
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

    private final MemorySegment scores;
    private final MemorySegment values;

    private NativeAttention(SymbolLookup library) {
        this.scores = library.findOrThrow("quire_scores");
        this.values = library.findOrThrow("quire_values");
    }

    /**
     * Loads the library from the class path, where it is there and the processor can run it.
     *
     * @param cache folder under which it is unpacked, once
     */
    public static Optional<NativeAttention> load(Path cache) {
        ClassLoader loader = NativeAttention.class.getClassLoader();
        if (loader.getResource(FOLDER + FILE) == null
                || !System.getProperty("os.name").equals("Linux")) {
            LOG.debug("attention runs in Java: no C kernels were built");
            return Optional.empty();
        }
        try {
            Path folder = NativeFiles.unpack(loader, FOLDER, List.of(FILE), cache);
            SymbolLookup library = SymbolLookup.libraryLookup(folder.resolve(FILE), Arena.global());
            MethodHandle serves =
                    LINKER.downcallHandle(library.findOrThrow("quire_serves"), FunctionDescriptor.of(JAVA_INT));
            return (int) serves.invokeExact() != 0 ? Optional.of(new NativeAttention(library)) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            LOG.debug("attention runs in Java: the C kernels could not be loaded", e);
            return Optional.empty();
        } catch (Throwable e) {
            throw new IllegalStateException("the C kernels of attention cannot be called", e);
        }
    }

    void scores(
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

    void values(
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
}
