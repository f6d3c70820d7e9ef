package dev.quire.backends.opencl;

import dev.quire.kernels.portable.Region;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.jocl.cl_kernel;

/** Shared virtual memory: pointers with offsets go to kernels as they are. */
final class SharedMemory implements ClMemory {
    private final cl_context context;
    private final SharedCopies copies;
    private final Pointer allocation;
    private final Pointer pointer;
    private final long address;
    private final long bytes;
    private final Optional<MemorySegment> host;

    private SharedMemory(cl_context context, SharedCopies copies, Pointer allocation, long bytes, boolean fine) {
        this.context = context;
        this.copies = copies;
        this.allocation = allocation;
        this.bytes = bytes;
        long skipped = Math.floorMod(-allocation.getNativePointer(), Region.ALIGNMENT);
        this.pointer = allocation.withByteOffset(skipped);
        this.address = allocation.getNativePointer() + skipped;
        this.host = fine ? Optional.of(segment(address, bytes)) : Optional.empty();
    }

    /**
     * Allocates.
     *
     * @param fine whether the host sees it without copies
     * @return nothing where there is no room
     */
    static Optional<ClMemory> allocate(cl_context context, SharedCopies copies, long bytes, boolean fine) {
        long flags = CL.CL_MEM_READ_WRITE | (fine ? CL.CL_MEM_SVM_FINE_GRAIN_BUFFER : 0);
        // Drivers align to their largest type only, so there is room for the rest.
        Pointer allocation = CL.clSVMAlloc(context, flags, bytes + Region.ALIGNMENT, 0);
        return allocation == null || allocation.getNativePointer() == 0
                ? Optional.empty()
                : Optional.of(new SharedMemory(context, copies, allocation, bytes, fine));
    }

    @SuppressWarnings("restricted")
    private static MemorySegment segment(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public Optional<MemorySegment> host() {
        return host;
    }

    @Override
    public void bind(cl_kernel kernel, int index, long offset) {
        Status.check(
                CL.clSetKernelArgSVMPointer(kernel, index, pointer.withByteOffset(offset)), "clSetKernelArgSVMPointer");
    }

    @Override
    public Call write(MemorySegment from, long offset) {
        return event -> copies.copy(address + offset, from.address(), from.byteSize());
    }

    @Override
    public Call read(MemorySegment to, long offset) {
        return event -> copies.copy(to.address(), address + offset, to.byteSize());
    }

    @Override
    public Call zero() {
        return event -> copies.zero(address, bytes);
    }

    @Override
    public void close() {
        CL.clSVMFree(context, allocation);
    }
}
