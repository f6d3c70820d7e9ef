package dev.quire.server.cli;

import dev.quire.api.Availability;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists what {@code --backend} can name. */
@Command(
        name = "backends",
        description = "Lists each backend with its devices, or the reason why it is unavailable.",
        mixinStandardHelpOptions = true)
final class BackendsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--backend", description = "Lists this one alone. TornadoVM is there only where it is named.")
    private Optional<String> backend = Optional.empty();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        for (BackendProvider provider : asked()) {
            switch (provider.availability()) {
                case Availability.Available() -> {
                    out.println(provider.name());
                    for (DeviceInfo device : provider.devices()) {
                        out.printf(
                                Locale.ROOT,
                                "  --device %d  %s, %.1f GiB%n",
                                device.index(),
                                device.name(),
                                device.memoryBytes() / (double) (1 << 30));
                    }
                    provider.unproven().forEach(part -> out.println("  unproven: " + part));
                }
                case Availability.Unavailable(String reason, String fix) ->
                    out.printf("%s: unavailable: %s%n  %s%n", provider.name(), reason, fix);
            }
        }
        out.flush();
        return 0;
    }

    /** Those to list, by name. */
    private List<BackendProvider> asked() {
        List<BackendProvider> installed = ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(BackendProvider::name))
                .toList();
        if (backend.isEmpty()) {
            return installed;
        }
        String name = backend.get();
        List<BackendProvider> named = installed.stream()
                .filter(provider -> provider.name().equals(name))
                .toList();
        if (named.isEmpty()) {
            List<String> names = installed.stream().map(BackendProvider::name).toList();
            throw new IllegalArgumentException(
                    "No backend '%s' is installed. There are: %s. Pass one of these, or put the backend's jar on the class path."
                            .formatted(name, names));
        }
        return named;
    }
}
