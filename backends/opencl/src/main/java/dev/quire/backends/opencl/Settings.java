package dev.quire.backends.opencl;

import dev.quire.api.BackendException;
import dev.quire.kernels.device.DeviceSettings;
import java.util.List;
import java.util.Map;

/**
 * How a device is used: as is best for it, or as a user says.
 *
 * @param kernels which it runs
 * @param memory how its memory is reached
 */
record Settings(KernelSet kernels, MemoryModel memory) {
    private static final String KERNELS = "kernels";
    private static final String MEMORY = "memory";

    /** What is best for a device. */
    static Settings of(Target target) {
        return new Settings(KernelSet.of(target), target.memory());
    }

    /**
     * Reads a user's.
     *
     * @throws BackendException of kind UNSUPPORTED if a name or a value is not known, or the device offers less
     */
    static Settings of(Target target, Map<String, String> texts) {
        DeviceSettings said = new DeviceSettings("opencl", texts, List.of(KERNELS, MEMORY));
        Settings best = of(target);
        KernelSet kernels = said.choice(KERNELS, best.kernels());
        MemoryModel memory = said.choice(MEMORY, best.memory());
        if (memory.compareTo(target.memory()) < 0) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "memory=%s: %s offers no more than %s"
                            .formatted(
                                    DeviceSettings.word(memory),
                                    target.info().name(),
                                    target.memory().text()));
        }
        return new Settings(kernels, memory);
    }
}
