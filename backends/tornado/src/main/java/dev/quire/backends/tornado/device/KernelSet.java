package dev.quire.backends.tornado.device;

import dev.quire.api.BackendException;
import dev.quire.kernels.device.DeviceSettings;
import java.util.List;
import java.util.Map;

/** Which kernels a device runs: what is best for it, or what the setting {@code kernels} says. */
enum KernelSet {
    /** A work-item is a vector unit: OpenCL processors. The kernels of OpenCL's family, but Java's where these are as fast. */
    VECTORS,
    /** A work-item is a lane, and FAST multiplies by tiles in local memory: OpenCL GPUs. Java's kernels where they are as fast as the portable ones. */
    TILES,
    /** Those of {@link #TILES} without any in Java, which are measured beside them. */
    PORTABLE,
    /** A work-item is a lane, and every kernel is Java's: devices that take no OpenCL C. */
    JAVA;

    private static final String SETTING = "kernels";

    /** The best for a device. */
    static KernelSet of(Target target) {
        if (!target.takesOpenCl()) {
            return JAVA;
        }
        return target.isProcessor() ? VECTORS : TILES;
    }

    /**
     * What a user says, else the best.
     *
     * @throws BackendException of kind UNSUPPORTED if there is no such setting, or the device cannot run the kernels
     */
    static KernelSet of(Target target, Map<String, String> settings) {
        KernelSet found = new DeviceSettings("tornado", settings, List.of(SETTING)).choice(SETTING, of(target));
        if (found != JAVA && !target.takesOpenCl()) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "%s=%s: %s takes no OpenCL C; choose java"
                            .formatted(
                                    SETTING,
                                    DeviceSettings.word(found),
                                    target.info().name()));
        }
        return found;
    }
}
