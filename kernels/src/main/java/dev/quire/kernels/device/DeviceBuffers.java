package dev.quire.kernels.device;

import dev.quire.api.memory.Buffer;
import dev.quire.api.types.DType;
import dev.quire.kernels.device.Operand.Pointer;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The buffers of a backend, found again by the address that the caller holds. */
final class DeviceBuffers implements AutoCloseable {
    private final IssueQueue queue;
    private final NavigableMap<Long, Exchange> byAddress = new TreeMap<>();

    DeviceBuffers(IssueQueue queue) {
        this.queue = queue;
    }

    Buffer allocate(DType dtype, int rows, int width) {
        long bytes = (long) rows * width * dtype.bytes();
        Exchange exchange = Exchange.allocate(queue, Math.max(bytes, 1));
        byAddress.put(exchange.host().address(), exchange);
        return new Buffer(exchange.host().asSlice(0, bytes), dtype, rows, width);
    }

    /**
     * What a bound buffer is on the device.
     *
     * @throws IllegalArgumentException if it is not one of this backend's
     */
    Exchange find(String value, Buffer buffer) {
        MemorySegment memory = buffer.memory();
        Map.Entry<Long, Exchange> entry = byAddress.floorEntry(memory.address());
        if (entry == null
                || memory.address() + memory.byteSize()
                        > entry.getKey() + entry.getValue().host().byteSize()) {
            throw new IllegalArgumentException(
                    "the buffer bound to '%s' is not this backend's; bind what its buffer(…) made".formatted(value));
        }
        return entry.getValue();
    }

    /** Where a bound buffer begins on the device. */
    Pointer pointer(String value, Buffer buffer) {
        Exchange exchange = find(value, buffer);
        return new Pointer(
                exchange.device(), buffer.memory().address() - exchange.host().address());
    }

    @Override
    public void close() {
        byAddress.values().forEach(Exchange::close);
        byAddress.clear();
    }
}
