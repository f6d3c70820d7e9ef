package dev.quire.server.options;

import dev.quire.api.DeviceChoice;
import dev.quire.api.types.Numerics;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the model runs on.
 *
 * @param backend name of a backend; absent for the best one that is available
 * @param device which of the backend's devices
 * @param settings the backend's own, by name
 * @param threads host threads; 0 lets the backend choose
 * @param numerics fast, or bit-identical on every certified backend
 */
public record DeviceOptions(
        Optional<String> backend, DeviceChoice device, Map<String, String> settings, int threads, Numerics numerics) {
    public DeviceOptions {
        settings = Map.copyOf(settings);
    }

    static final Option<String> BACKEND = Option.of(
                    "backend",
                    OptionType.TEXT,
                    "Backend that runs the model, or `auto` for the best one that is available.")
            .defaults("auto");
    static final Option<String> DEVICE = Option.of(
                    "device",
                    OptionType.TEXT,
                    "Which of the backend's devices, by index or by a part of its name as `quire backends` lists them, or"
                            + " `auto` for the best.")
            .defaults("auto")
            .require(device -> !device.isBlank(), "an index, a part of a name, or auto");
    static final Option<Map<String, String>> BACKEND_OPTION = Option.of(
            "backend-option",
            OptionType.SETTINGS,
            "A setting of the backend's own, such as `kernels=tiles`; may be given several times. A backend refuses what it does"
                    + " not know and says what it has.");
    static final Option<Integer> THREADS = Option.of(
                    "threads", OptionType.INTEGER, "Host threads that the backend may use; 0 lets it choose.")
            .defaults("0")
            .require(count -> count >= 0, "0 or more");
    static final Option<Numerics> NUMERICS = Option.of(
                    "numerics",
                    OptionType.choice(Numerics.class),
                    "`fast`: the best kernels of the device. `reproducible`: logits with the same bits on every certified"
                            + " backend, whatever else runs.")
            .defaults("fast");

    static final List<Option<?>> OPTIONS = List.of(BACKEND, DEVICE, BACKEND_OPTION, THREADS, NUMERICS);

    static DeviceOptions of(OptionValues values) {
        return new DeviceOptions(
                values.find(BACKEND).filter(name -> !name.equals("auto")),
                DeviceChoice.parse(values.get(DEVICE)),
                values.find(BACKEND_OPTION).orElse(Map.of()),
                values.get(THREADS),
                values.get(NUMERICS));
    }
}
