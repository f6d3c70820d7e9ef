package dev.quire.backends.levelzero;

import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RELAXED_ALLOCATION_LIMITS_EXP_FLAG_MAX_SIZE;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RESULT_SUCCESS;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_STRUCTURE_TYPE_DEVICE_MEM_ALLOC_DESC;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_STRUCTURE_TYPE_HOST_MEM_ALLOC_DESC;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_STRUCTURE_TYPE_RELAXED_ALLOCATION_LIMITS_EXP_DESC;
import static dev.quire.backends.levelzero.ze.LevelZero.zeMemAllocDevice;
import static dev.quire.backends.levelzero.ze.LevelZero.zeMemAllocShared;
import static dev.quire.backends.levelzero.ze.LevelZero.zeMemFree;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.backends.levelzero.ze._ze_context_handle_t;
import dev.quire.backends.levelzero.ze.ze_device_mem_alloc_desc_t;
import dev.quire.backends.levelzero.ze.ze_host_mem_alloc_desc_t;
import dev.quire.backends.levelzero.ze.ze_relaxed_allocation_limits_exp_desc_t;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.portable.Region;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;

/** Unified shared memory: the device's own, or shared with the host where that costs nothing. */
final class UsmMemory implements DeviceMemory {
    private final _ze_context_handle_t context;
    private final long address;
    private final long bytes;
    private final boolean shared;

    private UsmMemory(_ze_context_handle_t context, long address, long bytes, boolean shared) {
        this.context = context;
        this.address = address;
        this.bytes = bytes;
        this.shared = shared;
    }

    /** Memory on a device; shared only where the device is integrated and the memory is exchanged. */
    static UsmMemory allocate(Target target, _ze_context_handle_t context, long bytes, MemoryUse use) {
        boolean shared = target.integrated() && use == MemoryUse.EXCHANGE;
        try (PointerScope _ = new PointerScope()) {
            ze_device_mem_alloc_desc_t wanted = new ze_device_mem_alloc_desc_t();
            wanted.stype(ZE_STRUCTURE_TYPE_DEVICE_MEM_ALLOC_DESC)
                    .pNext(bytes > target.mostBytes() ? anySize() : null)
                    .flags(0)
                    .ordinal(0);
            PointerPointer<Pointer> place = new PointerPointer<>(1);
            int result;
            if (shared) {
                ze_host_mem_alloc_desc_t host = new ze_host_mem_alloc_desc_t();
                host.stype(ZE_STRUCTURE_TYPE_HOST_MEM_ALLOC_DESC).pNext(null).flags(0);
                result = zeMemAllocShared(context, wanted, host, bytes, Region.ALIGNMENT, target.device(), place);
            } else {
                result = zeMemAllocDevice(context, wanted, bytes, Region.ALIGNMENT, target.device(), place);
            }
            if (result != ZE_RESULT_SUCCESS) {
                throw new BackendException(
                        Kind.OUT_OF_MEMORY,
                        "%s cannot allocate %d MiB for %s: %s; %s"
                                .formatted(
                                        target.info().name(),
                                        Math.ceilDiv(bytes, 1 << 20),
                                        use.text(),
                                        Status.text(result),
                                        use.advice()));
            }
            return new UsmMemory(context, place.get(0).address(), bytes, shared);
        }
    }

    /** Asks for more than the device's usual limit. */
    private static Pointer anySize() {
        ze_relaxed_allocation_limits_exp_desc_t relaxed = new ze_relaxed_allocation_limits_exp_desc_t();
        relaxed.stype(ZE_STRUCTURE_TYPE_RELAXED_ALLOCATION_LIMITS_EXP_DESC)
                .pNext(null)
                .flags(ZE_RELAXED_ALLOCATION_LIMITS_EXP_FLAG_MAX_SIZE);
        return relaxed;
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
    @SuppressWarnings("restricted") // the driver says that these bytes are ours
    public Optional<MemorySegment> host() {
        return shared ? Optional.of(MemorySegment.ofAddress(address).reinterpret(bytes)) : Optional.empty();
    }

    @Override
    public void close() {
        zeMemFree(context, new Address(address));
    }
}
