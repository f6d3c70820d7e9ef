package dev.quire.backends.cuda;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Copies large host memory to the device over pinned buffers, which the device reads at the bus's full speed: several threads fill buffers, from a
 * file's pages as a rule, while it reads those that are full. Made when it is first needed, and closed when kernels run. One thread uses it.
 */
final class PinnedStaging implements AutoCloseable {
    /** Host memory from this size on is worth it. */
    static final long LEAST_BYTES = 1 << 20;

    private static final int BUFFERS = 8;
    private static final long BUFFER_BYTES = 8 << 20;
    /** Buffers that are filled ahead of the device. */
    private static final int AHEAD = BUFFERS / 2;

    private static final int WITHOUT_TIMES = 2;

    private final CudaContext context;
    private final List<Buffer> buffers = new ArrayList<>();
    /** Pieces so far: each takes the buffer behind the last one's, whichever copy that was of, so that copies follow one another without a gap. */
    private long filled;

    private final ExecutorService fillers = Executors.newFixedThreadPool(
            AHEAD, Thread.ofPlatform().daemon().name("fill-", 0).factory());

    /**
     * A piece of pinned memory.
     *
     * @param read reached when the device has read it
     */
    private record Buffer(MemorySegment memory, long read) {}

    /** A piece of the host's memory on its way. */
    private record Piece(MemorySegment from, long to, Buffer buffer, CompletableFuture<Void> filled) {}

    PinnedStaging(CudaContext context) {
        this.context = context;
        Driver driver = context.enter();
        try {
            for (int i = 0; i < BUFFERS; i++) {
                MemorySegment memory = CudaMemory.pinned(driver, BUFFER_BYTES);
                long read;
                try {
                    read = driver.make(Kind.UNSUPPORTED, driver.eventCreate, WITHOUT_TIMES);
                } catch (BackendException e) {
                    context.release(driver.memFreeHost, memory);
                    throw e;
                }
                buffers.add(new Buffer(memory, read));
            }
        } catch (BackendException e) {
            close();
            throw e;
        }
    }

    /**
     * Queues a copy. Returns when the last of the memory has been read, though it may not have arrived.
     *
     * @param to where on the device
     */
    void upload(MemorySegment from, long to) {
        int pieces = Math.toIntExact(Math.ceilDiv(from.byteSize(), BUFFER_BYTES));
        List<Piece> issued = new ArrayList<>();
        try {
            for (int i = 0; i < pieces + AHEAD; i++) {
                if (i >= AHEAD && i - AHEAD < pieces) {
                    send(issued.get(i - AHEAD));
                }
                if (i < pieces) {
                    long at = i * BUFFER_BYTES;
                    MemorySegment piece = from.asSlice(at, Math.min(BUFFER_BYTES, from.byteSize() - at));
                    issued.add(fill(piece, to + at, buffers.get((int) (filled++ % BUFFERS))));
                }
            }
        } finally {
            // An upload that fails leaves nobody behind who writes buffers that the next one takes.
            issued.forEach(piece -> piece.filled().exceptionally(reason -> null).join());
        }
    }

    private Piece fill(MemorySegment from, long to, Buffer buffer) {
        Driver driver = context.enter();
        driver.run(Kind.STEP_FAILED, driver.eventSynchronize, buffer.read());
        CompletableFuture<Void> filled =
                CompletableFuture.runAsync(() -> buffer.memory().copyFrom(from), fillers);
        return new Piece(from, to, buffer, filled);
    }

    private void send(Piece piece) {
        try {
            piece.filled().join();
        } catch (CompletionException e) {
            throw new IllegalStateException("weights cannot be read: " + e.getCause(), e.getCause());
        }
        Driver driver = context.enter();
        driver.run(
                Kind.STEP_FAILED,
                driver.memcpyHtoDAsync,
                piece.to(),
                piece.buffer().memory(),
                piece.from().byteSize(),
                context.stream());
        driver.run(Kind.STEP_FAILED, driver.eventRecord, piece.buffer().read(), context.stream());
    }

    @Override
    public void close() {
        fillers.close();
        Driver driver = context.target().driver();
        for (Buffer buffer : buffers) {
            context.release(driver.eventSynchronize, buffer.read()); // the device may still read it
            context.release(driver.eventDestroy, buffer.read());
            context.release(driver.memFreeHost, buffer.memory());
        }
    }
}
