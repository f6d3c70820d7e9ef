package dev.quire.backends.levelzero;

import dev.quire.api.BackendException;
import dev.quire.kernels.device.DeviceSettings;
import java.util.List;
import java.util.Map;

/** Which kernels a device runs, as the setting {@code kernels} says. */
enum KernelSet {
    /** The portable ones alone. */
    LANES,
    /** In FAST those that multiply by tiles in local memory, too. */
    TILES;

    private static final String SETTING = "kernels";

    /**
     * Reads a user's settings.
     *
     * @throws BackendException of kind UNSUPPORTED if a name or a value is not known
     */
    static KernelSet of(Map<String, String> settings) {
        return new DeviceSettings("levelzero", settings, List.of(SETTING)).choice(SETTING, LANES);
    }
}
