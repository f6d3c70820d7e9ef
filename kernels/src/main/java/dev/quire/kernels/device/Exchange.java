package dev.quire.kernels.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Memory that host and device both see: one piece where the device shares its memory, else a piece on either side and copies between them, which
 * stand before and after the launches of a step.
 */
final class Exchange implements AutoCloseable {
    private final DeviceMemory device;
    private final MemorySegment host;
    private final Arena staging;

    private Exchange(DeviceMemory device, MemorySegment host, Arena staging) {
        this.device = device;
        this.host = host;
        this.staging = staging;
    }

    static Exchange allocate(IssueQueue queue, long bytes) {
        DeviceMemory device = queue.allocate(bytes, MemoryUse.EXCHANGE);
        Arena staging = Arena.ofShared();
        MemorySegment host = device.host().or(device::staging).orElseGet(() -> staging.allocate(bytes, Long.BYTES));
        return new Exchange(device, host, staging);
    }

    DeviceMemory device() {
        return device;
    }

    MemorySegment host() {
        return host;
    }

    /** What brings bytes to the device. */
    List<Command> upload(long offset, long bytes) {
        return device.host().isPresent() || bytes == 0
                ? List.of()
                : List.of(new Command.Upload(host.asSlice(offset, bytes), device, offset));
    }

    /** What brings bytes to the host. */
    List<Command> download(long offset, long bytes) {
        return device.host().isPresent() || bytes == 0
                ? List.of()
                : List.of(new Command.Download(device, offset, host.asSlice(offset, bytes)));
    }

    @Override
    public void close() {
        device.close();
        staging.close();
    }
}
