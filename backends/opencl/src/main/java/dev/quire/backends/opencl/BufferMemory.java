package dev.quire.backends.opencl;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_buffer_region;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;

/** A buffer. Kernels take no offsets into one, so each offset that is asked for is a buffer inside it, kept as long as it. */
final class BufferMemory implements ClMemory {
    /** Bytes of one copy at most, since JOCL takes Java's buffers. */
    private static final long LONGEST_COPY = 1L << 30;

    private final cl_command_queue queue;
    private final cl_mem buffer;
    private final long bytes;
    private final Map<Long, cl_mem> inside = new HashMap<>();

    private BufferMemory(cl_command_queue queue, cl_mem buffer, long bytes) {
        this.queue = queue;
        this.buffer = buffer;
        this.bytes = bytes;
    }

    /** @return nothing where there is no room */
    static Optional<ClMemory> allocate(cl_context context, cl_command_queue queue, long bytes) {
        int[] status = new int[1];
        cl_mem buffer = CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, bytes, null, status);
        return status[0] == CL.CL_SUCCESS ? Optional.of(new BufferMemory(queue, buffer, bytes)) : Optional.empty();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public Optional<MemorySegment> host() {
        return Optional.empty();
    }

    @Override
    public void bind(cl_kernel kernel, int index, long offset) {
        cl_mem at = offset == 0 ? buffer : inside.computeIfAbsent(offset, this::from);
        Status.check(CL.clSetKernelArg(kernel, index, Sizeof.cl_mem, Pointer.to(at)), "clSetKernelArg");
    }

    private cl_mem from(long offset) {
        int[] status = new int[1];
        cl_mem rest = CL.clCreateSubBuffer(
                buffer,
                CL.CL_MEM_READ_WRITE,
                CL.CL_BUFFER_CREATE_TYPE_REGION,
                new cl_buffer_region(offset, bytes - offset),
                status);
        Status.check(status[0], "clCreateSubBuffer");
        return rest;
    }

    @Override
    public Call write(MemorySegment from, long offset) {
        return event -> pieces(from, (piece, at) -> {
            Pointer host = Pointer.to(piece.asByteBuffer());
            return CL.clEnqueueWriteBuffer(queue, buffer, false, offset + at, piece.byteSize(), host, 0, null, null);
        });
    }

    @Override
    public Call read(MemorySegment to, long offset) {
        return event -> pieces(to, (piece, at) -> {
            Pointer host = Pointer.to(piece.asByteBuffer());
            return CL.clEnqueueReadBuffer(queue, buffer, false, offset + at, piece.byteSize(), host, 0, null, null);
        });
    }

    /** Queues a copy of a piece that begins at {@code at}. */
    @FunctionalInterface
    private interface PieceCopy {
        int enqueue(MemorySegment piece, long at);
    }

    private static void pieces(MemorySegment memory, PieceCopy copy) {
        for (long at = 0; at < memory.byteSize(); at += LONGEST_COPY) {
            MemorySegment piece = memory.asSlice(at, Math.min(LONGEST_COPY, memory.byteSize() - at));
            Status.check(copy.enqueue(piece, at), "a copy between a buffer and the host");
        }
    }

    @Override
    public Call zero() {
        Pointer pattern = Pointer.to(new byte[1]);
        return event -> Status.check(
                CL.clEnqueueFillBuffer(queue, buffer, pattern, 1, 0, bytes, 0, null, null), "clEnqueueFillBuffer");
    }

    @Override
    public void close() {
        inside.values().forEach(CL::clReleaseMemObject);
        CL.clReleaseMemObject(buffer);
    }
}
