package dev.quire.backends.opencl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_kernel;

/**
 * OpenCL's calls for shared virtual memory, by address. Bound here because JOCL 2.0.6 makes a Java buffer of what it allocates, which ends the JVM
 * beyond 2 GiB, and passes null for such memory to copies and fills.
 */
@SuppressWarnings("restricted")
final class SharedCalls implements AutoCloseable {
    /** The loader's file carries its major version on Linux. */
    private static final String VERSION = System.getProperty("os.name").startsWith("Linux") ? ".1" : "";

    private final Arena arena = Arena.ofShared();
    private final SymbolLookup loader;
    private final MemorySegment context;
    private final MemorySegment queue;
    private final MemorySegment zero = arena.allocate(JAVA_LONG);
    private final MethodHandle allocate;
    private final MethodHandle free;
    private final MethodHandle bind;
    private final MethodHandle copy;
    private final MethodHandle fill;

    SharedCalls(cl_context context, cl_command_queue queue) {
        this.context = MemorySegment.ofAddress(context.getNativePointer());
        this.queue = MemorySegment.ofAddress(queue.getNativePointer());
        loader = SymbolLookup.libraryLookup(System.mapLibraryName("OpenCL") + VERSION, arena);
        allocate = handle("clSVMAlloc", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT));
        free = handle("clSVMFree", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
        bind = handle("clSetKernelArgSVMPointer", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
        copy = handle("clEnqueueSVMMemcpy", enqueue(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
        fill = handle("clEnqueueSVMMemFill", enqueue(ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG));
    }

    /** A call that queues: the queue, its own parameters, the events to wait for, the event. */
    private static FunctionDescriptor enqueue(MemoryLayout... own) {
        return FunctionDescriptor.of(JAVA_INT, ADDRESS)
                .appendArgumentLayouts(own)
                .appendArgumentLayouts(JAVA_INT, ADDRESS, ADDRESS);
    }

    private MethodHandle handle(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(loader.findOrThrow(name), descriptor);
    }

    /**
     * Allocates, aligned as the driver likes.
     *
     * @param fine whether the host reads and writes it without copies
     * @return its address; 0 where there is no room
     */
    long allocate(long bytes, boolean fine) {
        long flags = CL.CL_MEM_READ_WRITE | (fine ? CL.CL_MEM_SVM_FINE_GRAIN_BUFFER : 0);
        try {
            return ((MemorySegment) allocate.invokeExact(context, flags, bytes, 0)).address();
        } catch (Throwable e) {
            throw new IllegalStateException("clSVMAlloc cannot be called", e);
        }
    }

    void free(long address) {
        try {
            free.invokeExact(context, MemorySegment.ofAddress(address));
        } catch (Throwable e) {
            throw new IllegalStateException("clSVMFree cannot be called", e);
        }
    }

    /** Makes an address an argument of a kernel. */
    void bind(cl_kernel kernel, int index, long address) {
        int status;
        try {
            status = (int) bind.invokeExact(
                    MemorySegment.ofAddress(kernel.getNativePointer()), index, MemorySegment.ofAddress(address));
        } catch (Throwable e) {
            throw new IllegalStateException("clSetKernelArgSVMPointer cannot be called", e);
        }
        Status.check(status, "clSetKernelArgSVMPointer");
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
    void zero(long address, long bytes) {
        int status;
        try {
            status = (int) fill.invokeExact(
                    queue,
                    MemorySegment.ofAddress(address),
                    zero,
                    1L,
                    bytes,
                    0,
                    MemorySegment.NULL,
                    MemorySegment.NULL);
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
