package dev.quire.backends.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * An arena of zeros by way of C's {@code calloc}, which takes large memory from the operating system untouched: its pages read as zero and
 * take up room only from the first write on. A plain arena writes every zero, seconds for a cache of some gigabytes that may never fill.
 */
@SuppressWarnings("restricted")
final class UntouchedMemory implements Arena {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CALLOC = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("calloc"), FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FREE =
            LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ADDRESS));

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
