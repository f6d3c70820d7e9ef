package dev.quire.backends.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * An arena of zeros by way of C's {@code calloc}, which takes large memory from the operating system untouched: its pages read as zero and
 * take up room only from the first write on. A plain arena writes every zero, seconds for a cache of some gigabytes that may never fill. Linux is asked to
 * back large memory with huge pages, where it gives them to those who ask: with pages of 4 KiB, reading weights or keys from end to end takes a third longer.
 */
@SuppressWarnings("restricted")
final class UntouchedMemory implements Arena {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CALLOC = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("calloc"), FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FREE =
            LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ADDRESS));

    /** What Linux calls MADV_HUGEPAGE. */
    private static final int USE_HUGE_PAGES = 14;

    private static final long PAGE = 4096;
    private static final long HUGE_PAGE = 2 << 20;

    /** address, bytes, advice; absent where there are no huge pages to ask for. */
    private static final Optional<MethodHandle> ADVISE = Optional.of(LINKER.defaultLookup())
            .filter(lookup -> System.getProperty("os.name").equals("Linux"))
            .flatMap(lookup -> lookup.find("madvise"))
            .map(found ->
                    LINKER.downcallHandle(found, FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT)));

    private final Arena life = Arena.ofShared();

    private UntouchedMemory() {}

    /** A shared arena; a plain one where the JVM was not started with native access. */
    static Arena open() {
        return UntouchedMemory.class.getModule().isNativeAccessEnabled() ? new UntouchedMemory() : Arena.ofShared();
    }

    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        if (!scope().isAlive()) {
            throw new IllegalStateException("the arena is closed");
        }
        long taken = Math.addExact(byteSize, byteAlignment);
        MemorySegment memory = calloc(taken);
        if (memory.equals(MemorySegment.NULL)) {
            throw new OutOfMemoryError("the system has no %d bytes to give".formatted(taken));
        }
        if (taken >= HUGE_PAGE) {
            adviseHugePages(memory.address(), taken);
        }
        long start = Math.floorMod(-memory.address(), byteAlignment);
        return memory.reinterpret(taken, life, UntouchedMemory::free).asSlice(start, byteSize);
    }

    private static MemorySegment calloc(long bytes) {
        try {
            return (MemorySegment) CALLOC.invokeExact(bytes, 1L);
        } catch (Throwable e) {
            throw new IllegalStateException("calloc cannot be called", e);
        }
    }

    /** Asks for huge pages; a system that has none says so, and all works as before. */
    private static void adviseHugePages(long address, long bytes) {
        long first = address & -PAGE;
        ADVISE.ifPresent(advise -> {
            try {
                int _ = (int) advise.invokeExact(first, address + bytes - first, USE_HUGE_PAGES);
            } catch (Throwable e) {
                throw new IllegalStateException("madvise cannot be called", e);
            }
        });
    }

    private static void free(MemorySegment memory) {
        try {
            FREE.invokeExact(memory);
        } catch (Throwable e) {
            throw new IllegalStateException("free cannot be called", e);
        }
    }

    @Override
    public MemorySegment.Scope scope() {
        return life.scope();
    }

    @Override
    public void close() {
        life.close();
    }
}
