package dev.quire.server.cli;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.DeviceChoice;
import dev.quire.core.llm.Backends;
import dev.quire.core.llm.DeviceOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** A second backend that takes turns with the first: another one, or the same with other settings. */
final class BenchAgainst {
    private static final String SETTING = "--against-option";

    @Option(
            names = "--against",
            paramLabel = "NAME",
            description = "A second backend, its best device, which takes turns with the first.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = SETTING,
            paramLabel = "NAME=VALUE",
            description = "A setting of the second backend's own; may be given several times.")
    private List<String> settings = List.of();

    /**
     * A backend and perhaps a second one, opened; the caller closes them. If the second cannot be opened the first is closed again.
     *
     * @throws IllegalArgumentException if the second has settings that are none, or has settings and no name
     */
    List<AttentionBackend> open(DeviceOptions first, Consumer<String> notices) {
        Map<String, String> others = settings(SETTING, settings);
        if (name.isEmpty() && !others.isEmpty()) {
            throw new IllegalArgumentException("%s is '%s', a setting of a second backend; name that with --against."
                    .formatted(SETTING, String.join(",", settings)));
        }
        Backends backends = Backends.onClassPath();
        List<AttentionBackend> open = new ArrayList<>();
        try {
            open.add(Backends.open(
                    backends.choose(first.backend()), first.device(), options(first, notices, first.settings())));
            if (name.isPresent()) {
                open.add(
                        Backends.open(backends.choose(name.get()), DeviceChoice.BEST, options(first, notices, others)));
            }
            return open;
        } catch (RuntimeException e) {
            open.forEach(AttentionBackend::close);
            throw e;
        }
    }

    private static BackendOptions options(
            DeviceOptions device, Consumer<String> notices, Map<String, String> settings) {
        return new BackendOptions(device.threads(), device.cacheDirectory(), notices, settings);
    }

    /**
     * Settings as an option has them.
     *
     * @throws IllegalArgumentException naming the option, if they are none
     */
    static Map<String, String> settings(String option, List<String> texts) {
        try {
            return BackendOptions.settings(texts);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s is '%s'; give %s.".formatted(option, String.join(",", texts), e.getMessage()), e);
        }
    }
}
