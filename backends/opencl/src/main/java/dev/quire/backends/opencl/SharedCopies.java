package dev.quire.backends.opencl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jocl.cl_command_queue;

/** Copies and fills of shared virtual memory, bound here because JOCL 2.0.6 passes wrong pointers for memory that it allocated itself. */
@SuppressWarnings("restricted")
final class SharedCopies implements AutoCloseable {
    /** The loader's file carries its major version on Linux. */
    private static final String VERSION = System.getProperty("os.name").startsWith("Linux") ? ".1" : "";

    private final Arena arena = Arena.ofShared();
    private final MemorySegment queue;
    private final MemorySegment zero = arena.allocate(JAVA_LONG);
    private final MethodHandle copy;
    private final MethodHandle fill;

    SharedCopies(cl_command_queue queue) {
        this.queue = MemorySegment.ofAddress(queue.getNativePointer());
        SymbolLookup loader = SymbolLookup.libraryLookup(System.mapLibraryName("OpenCL") + VERSION, arena);
        Linker linker = Linker.nativeLinker();
        copy = linker.downcallHandle(
                loader.findOrThrow("clEnqueueSVMMemcpy"),
                FunctionDescriptor.of(
                        JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));
        fill = linker.downcallHandle(
                loader.findOrThrow("clEnqueueSVMMemFill"),
                FunctionDescriptor.of(
                        JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));
    }

    /** Queues a copy from one address to another. */
    void copy(long to, long from, long bytes) {
        int status;
        try {
            status = (int) copy.invokeExact(
                    queue,
                    0,
                    MemorySegment.ofAddress(to),
                    MemorySegment.ofAddress(from),
                    bytes,
                    0,
                    MemorySegment.NULL,
                    MemorySegment.NULL);
        } catch (Throwable e) {
            throw new IllegalStateException("clEnqueueSVMMemcpy cannot be called", e);
        }
        Status.check(status, "clEnqueueSVMMemcpy");
    }

    /** Queues zeros. */
    void zero(long at, long bytes) {
        int status;
        try {
            status = (int) fill.invokeExact(
                    queue, MemorySegment.ofAddress(at), zero, 1L, bytes, 0, MemorySegment.NULL, MemorySegment.NULL);
        } catch (Throwable e) {
            throw new IllegalStateException("clEnqueueSVMMemFill cannot be called", e);
        }
        Status.check(status, "clEnqueueSVMMemFill");
    }

    @Override
    public void close() {
        arena.close();
    }
}
