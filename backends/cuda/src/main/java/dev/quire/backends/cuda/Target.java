package dev.quire.backends.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.api.DeviceInfo;
import dev.quire.kernels.device.DeviceSearch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A GPU that the driver lists.
 *
 * @param handle the driver's number for it
 * @param architecture its compute capability, such as 90 for 9.0
 */
record Target(Driver driver, int handle, DeviceInfo info, int architecture) implements DeviceSearch.Candidate {
    private static final int NAME_BYTES = 256;
    private static final int CAPABILITY_MAJOR = 75;
    private static final int CAPABILITY_MINOR = 76;

    /** Its compute capability as NVIDIA writes it, such as 9.0. */
    String capability() {
        return "%d.%d".formatted(architecture / 10, architecture % 10);
    }

    /** All GPUs, in the driver's order, or why there are none. */
    static DeviceSearch<Target> find() {
        try {
            Optional<Driver> driver = Driver.load();
            if (driver.isEmpty()) {
                return DeviceSearch.nothing(
                        "there is no NVIDIA driver: %s is not found".formatted(Driver.LIBRARY),
                        "install the driver of your GPU, 525 or newer, and in a container give it the GPU");
            }
            List<Target> targets = all(driver.get());
            return targets.isEmpty()
                    ? DeviceSearch.nothing(
                            "the NVIDIA driver finds no GPU", "see what nvidia-smi and CUDA_VISIBLE_DEVICES say")
                    : new DeviceSearch.Found<>(targets);
        } catch (BackendException e) {
            return DeviceSearch.nothing(
                    e.getMessage(),
                    "install driver 525 or newer, and see what nvidia-smi and CUDA_VISIBLE_DEVICES say");
        }
    }

    private static List<Target> all(Driver driver) {
        return IntStream.range(0, driver.devices())
                .mapToObj(index -> of(driver, index))
                .toList();
    }

    private static Target of(Driver driver, int index) {
        int handle = (int) driver.make(Kind.UNSUPPORTED, driver.deviceGet, index);
        long bytes = driver.make(Kind.UNSUPPORTED, driver.deviceTotalMem, handle);
        DeviceInfo info = new DeviceInfo(index, name(driver, handle), bytes, "CUDA " + driver.version());
        int architecture =
                attribute(driver, handle, CAPABILITY_MAJOR) * 10 + attribute(driver, handle, CAPABILITY_MINOR);
        return new Target(driver, handle, info, architecture);
    }

    private static String name(Driver driver, int handle) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(NAME_BYTES);
            driver.run(Kind.UNSUPPORTED, driver.deviceGetName, place, NAME_BYTES, handle);
            return place.getString(0);
        }
    }

    private static int attribute(Driver driver, int handle, int attribute) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(JAVA_INT);
            driver.run(Kind.UNSUPPORTED, driver.deviceGetAttribute, place, attribute, handle);
            return place.get(JAVA_INT, 0);
        }
    }
}
