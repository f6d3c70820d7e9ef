package dev.quire.backends.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The device's own memory. What is exchanged with the host has pinned memory beside it, which copies at the bus's full speed. */
final class CudaMemory implements DeviceMemory {
    private static final int MIB = 1 << 20;

    private final CudaContext context;
    private final long address;
    private final long bytes;
    private final Optional<MemorySegment> staging;

    private CudaMemory(CudaContext context, long address, long bytes, Optional<MemorySegment> staging) {
        this.context = context;
        this.address = address;
        this.bytes = bytes;
        this.staging = staging;
    }

    static CudaMemory allocate(CudaContext context, long bytes, MemoryUse use) {
        Driver driver = context.enter();
        long address;
        try {
            address = driver.make(Kind.OUT_OF_MEMORY, driver.memAlloc, bytes);
        } catch (BackendException e) {
            throw e.kind() == Kind.OUT_OF_MEMORY ? full(context, bytes, use, e) : e;
        }
        try {
            return new CudaMemory(
                    context,
                    address,
                    bytes,
                    use == MemoryUse.EXCHANGE ? Optional.of(pinned(driver, bytes)) : Optional.empty());
        } catch (BackendException e) {
            context.release(driver.memFree, address);
            throw e;
        }
    }

    private static BackendException full(CudaContext context, long bytes, MemoryUse use, BackendException cause) {
        return new BackendException(
                Kind.OUT_OF_MEMORY,
                "%s cannot allocate %d MiB for %s, %s: %s; %s"
                        .formatted(
                                context.target().info().name(),
                                Math.ceilDiv(bytes, MIB),
                                use.text(),
                                free(context),
                                cause.getMessage(),
                                use.advice()),
                cause);
    }

    private static String free(CudaContext context) {
        Driver driver = context.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(JAVA_LONG, 2);
            return driver.memGetInfo.call(numbers, numbers.asSlice(JAVA_LONG.byteSize())) == Status.SUCCESS
                    ? "with %d MiB free of %d"
                            .formatted(numbers.getAtIndex(JAVA_LONG, 0) / MIB, numbers.getAtIndex(JAVA_LONG, 1) / MIB)
                    : "with an unknown amount free";
        }
    }

    /** Memory of the host that the device reads and writes by itself. */
    @SuppressWarnings("restricted") // the driver says that these bytes are ours
    static MemorySegment pinned(Driver driver, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(ADDRESS);
            int status = driver.memHostAlloc.call(place, bytes, 0);
            if (status != Status.SUCCESS) {
                throw new BackendException(
                        Status.kind(status, Kind.OUT_OF_MEMORY),
                        "the driver pins no %d MiB of this machine's memory for copies: %s; leave the machine more memory"
                                .formatted(Math.ceilDiv(bytes, MIB), driver.error(status)));
            }
            return place.get(ADDRESS, 0).reinterpret(bytes);
        }
    }

    /** Where it lies for the device. */
    long address() {
        return address;
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
    public Optional<MemorySegment> staging() {
        return staging;
    }

    @Override
    public void close() {
        Driver driver = context.target().driver();
        context.release(driver.memFree, address);
        staging.ifPresent(memory -> context.release(driver.memFreeHost, memory));
    }
}
