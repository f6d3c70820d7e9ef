package dev.quire.kernels.device;

import dev.quire.api.DeviceInfo;
import dev.quire.api.types.DType;
import dev.quire.kernels.portable.LibraryLinear;
import dev.quire.kernels.portable.WorkItem;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An open device, as its driver must present it. One thread at a time calls it, but for {@link Completion}s. Every method throws a
 * {@link dev.quire.api.BackendException} of the kind that says what a caller can do; once one is of kind DEVICE_LOST, only {@code close} is called
 * on the device and what came from it.
 */
public interface Device extends AutoCloseable {
    /** Its index, name, memory and driver. */
    DeviceInfo info();

    /** One line for logs: the driver, its version, and how memory is shared. */
    String description();

    /** What a work-item runs on, and so which kernels are built and launched. */
    default WorkItem workItem() {
        return WorkItem.LANE;
    }

    /** Types of caches that kernels keep here; those beside BF16 in FAST. */
    default Set<DType> cacheTypes() {
        return Set.of(DType.BF16, DType.F16, DType.F32, DType.F8_E4M3);
    }

    /** What kernels that multiply in local memory find here; nothing where the work-item's own kernels multiply in FAST, too. */
    default Optional<Tiling> tiling() {
        return Optional.empty();
    }

    /** What a vendor's library multiplies here in FAST; launches name it as they name a kernel. Nothing where there is none. */
    default Optional<LibraryLinear> library() {
        return Optional.empty();
    }

    /** Whether weights can be made of a seed here (RULES, W8), by a portable kernel that is built when the first one is. */
    default boolean makesWeights() {
        return true;
    }

    /** Whether steps of decoding have few sizes. Only where kernels write no keys of rows with a negative slot. */
    default StepSizes stepSizes() {
        return StepSizes.EXACT;
    }

    /**
     * Makes a kernel ready to launch: from the disk's cache, a binary or its source, and warm. Does nothing if it is.
     *
     * @param kernel as {@link dev.quire.kernels.portable.KernelLaunch#kernel} names it
     * @throws dev.quire.api.BackendException of kind UNSUPPORTED if it does not build; the message has kernel, device and the log's first lines
     */
    void build(String kernel);

    /**
     * Allocates memory that begins at a multiple of {@link dev.quire.kernels.portable.Region#ALIGNMENT}. It may hold anything at first.
     *
     * @param bytes at least 1
     * @throws dev.quire.api.BackendException of kind OUT_OF_MEMORY; the message ends with {@link MemoryUse#advice}
     */
    DeviceMemory allocate(long bytes, MemoryUse use);

    /** Bytes of weights that one allocation holds at most, unless a single weight is longer; with 0 each has an allocation of its own. */
    default long weightPiece() {
        return 0;
    }

    /** Prepares commands for any number of replays. Each takes effect after the one before; kernels that are not yet built are built now. */
    Recording record(List<Command> commands);

    /** Frees the device. Everything that came from it is closed. */
    @Override
    void close();
}
