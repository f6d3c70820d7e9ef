package dev.quire.backends.levelzero;

import dev.quire.api.BackendException;
import java.util.Map;
import java.util.TreeSet;

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
        TreeSet<String> unknown = new TreeSet<>(settings.keySet());
        unknown.remove(SETTING);
        if (!unknown.isEmpty()) {
            throw unsupported("backend levelzero has no setting '%s'; it has: %s".formatted(unknown.first(), SETTING));
        }
        String value = settings.getOrDefault(SETTING, "lanes");
        return switch (value) {
            case "lanes" -> LANES;
            case "tiles" -> TILES;
            default -> throw unsupported("%s=%s: choose one of lanes, tiles".formatted(SETTING, value));
        };
    }

    private static BackendException unsupported(String message) {
        return new BackendException(BackendException.Kind.UNSUPPORTED, message);
    }
}
