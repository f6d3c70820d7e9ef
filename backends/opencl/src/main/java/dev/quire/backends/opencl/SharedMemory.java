package dev.quire.backends.opencl;

import dev.quire.kernels.portable.Region;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jocl.cl_kernel;

/** Shared virtual memory: pointers with offsets go to kernels as they are. */
final class SharedMemory implements ClMemory {
    private final SharedCalls calls;
    private final long allocation;
    private final long address;
    private final long bytes;
    private final Optional<MemorySegment> host;

    private SharedMemory(SharedCalls calls, long allocation, long bytes, boolean fine) {
        this.calls = calls;
        this.allocation = allocation;
        this.address = Region.aligned(allocation);
        this.bytes = bytes;
        this.host = fine ? Optional.of(segment(address, bytes)) : Optional.empty();
    }

    /**
     * Allocates.
     *
     * @param fine whether the host sees it without copies
     * @return nothing where there is no room
     */
    static Optional<ClMemory> allocate(SharedCalls calls, long bytes, boolean fine) {
        // Drivers align to their largest type only, so there is room for the rest.
        long allocation = calls.allocate(bytes + Region.ALIGNMENT, fine);
        return allocation == 0 ? Optional.empty() : Optional.of(new SharedMemory(calls, allocation, bytes, fine));
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
        calls.bind(kernel, index, address + offset);
    }

    @Override
    public Call write(MemorySegment from, long offset) {
        return event -> calls.copy(address + offset, from.address(), from.byteSize());
    }

    @Override
    public Call read(MemorySegment to, long offset) {
        return event -> calls.copy(to.address(), address + offset, to.byteSize());
    }

    @Override
    public Call zero() {
        return event -> calls.zero(address, bytes);
    }

    @Override
    public void close() {
        calls.free(allocation);
    }
}
