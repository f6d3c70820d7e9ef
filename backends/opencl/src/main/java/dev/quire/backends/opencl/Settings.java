package dev.quire.backends.opencl;

import dev.quire.api.BackendException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

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
        TreeSet<String> unknown = new TreeSet<>(texts.keySet());
        unknown.remove(KERNELS);
        unknown.remove(MEMORY);
        if (!unknown.isEmpty()) {
            throw unsupported(
                    "backend opencl has no setting '%s'; it has: %s, %s".formatted(unknown.first(), KERNELS, MEMORY));
        }
        Settings best = of(target);
        KernelSet kernels = texts.containsKey(KERNELS) ? read(KernelSet.class, KERNELS, texts) : best.kernels();
        MemoryModel memory = texts.containsKey(MEMORY) ? read(MemoryModel.class, MEMORY, texts) : best.memory();
        if (memory.compareTo(target.memory()) < 0) {
            throw unsupported("memory=%s: %s offers no more than %s"
                    .formatted(
                            texts.get(MEMORY),
                            target.info().name(),
                            target.memory().text()));
        }
        return new Settings(kernels, memory);
    }

    private static <E extends Enum<E>> E read(Class<E> type, String name, Map<String, String> texts) {
        for (E value : type.getEnumConstants()) {
            if (value.name().toLowerCase(Locale.ROOT).equals(texts.get(name))) {
                return value;
            }
        }
        throw unsupported("%s=%s: choose one of %s"
                .formatted(
                        name,
                        texts.get(name),
                        Arrays.stream(type.getEnumConstants())
                                .map(value -> value.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }

    private static BackendException unsupported(String message) {
        return new BackendException(BackendException.Kind.UNSUPPORTED, message);
    }
}
