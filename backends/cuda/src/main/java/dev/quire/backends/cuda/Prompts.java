package dev.quire.backends.cuda;

import dev.quire.api.BackendException;
import dev.quire.kernels.device.DeviceSettings;
import dev.quire.kernels.portable.WorkItem;
import java.util.List;
import java.util.Map;

/** Which kernel attends to prompts in FAST, as the setting {@code prompts} says. */
enum Prompts {
    /** The one of all GPUs whose warps multiply. */
    WARPS,
    /** That of warp groups, which compute capability 9.0 alone has: no GPU has shown yet which of the two is to stay there. */
    WARP_GROUPS;

    private static final String SETTING = "prompts";
    private static final int AMPERE = 80;
    private static final int HOPPER = 90;

    /**
     * Reads a user's settings.
     *
     * @throws BackendException of kind UNSUPPORTED if a name or a value is not known
     */
    static Prompts of(Map<String, String> settings) {
        return new DeviceSettings("cuda", settings, List.of(SETTING)).choice(SETTING, WARPS);
    }

    /**
     * What a GPU's kernels are then.
     *
     * @throws BackendException of kind UNSUPPORTED if it lacks warp groups that are asked for
     */
    WorkItem workItem(Target target) {
        if (this == WARP_GROUPS && target.architecture() != HOPPER) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "%s has compute capability %s, and only 9.0 has warp groups that multiply; drop %s=%s"
                            .formatted(target.info().name(), target.capability(), SETTING, DeviceSettings.word(this)));
        }
        if (target.architecture() < AMPERE) {
            return WorkItem.LANE;
        }
        return this == WARP_GROUPS ? WorkItem.WARP_GROUP : WorkItem.WARP;
    }
}
