package dev.quire.conformance;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.ConformanceReport;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/** The kit's command line: {@code --backend NAME [--device N] [--seed S] [--quick] [--out DIR]}. */
public final class ConformanceMain {
    private static final String USAGE = "--backend NAME [--device N] [--seed S] [--quick] [--out DIR]";

    private ConformanceMain() {}

    /** Runs and exits with {@link #run}'s result. */
    public static void main(String[] args) {
        System.exit(run(args, System.out));
    }

    /** Prints a table, writes {@code report.json} into DIR if one is given, and returns 0 if the backend passed, else 1. */
    public static int run(String[] args, PrintStream out) {
        try {
            Options options = Options.parse(args);
            ConformanceReport report = test(options);
            out.print(report.table());
            if (options.folder().isPresent()) {
                Files.createDirectories(options.folder().get());
                Path file = options.folder().get().resolve("report.json");
                Files.writeString(file, report.json().text() + "\n");
            }
            return report.passed() ? 0 : 1;
        } catch (IllegalArgumentException e) {
            out.println(e.getMessage());
            return 1;
        } catch (IOException e) {
            out.println("The report cannot be written: " + e);
            return 1;
        }
    }

    private record Options(String backend, int device, long seed, Depth depth, Optional<Path> folder) {
        static Options parse(String[] args) {
            Options options = new Options("", 0, 4711, Depth.FULL, Optional.empty());
            for (int i = 0; i < args.length; i++) {
                Options o = options;
                String value = i + 1 < args.length ? args[i + 1] : "";
                options = switch (args[i]) {
                    case "--quick" -> new Options(o.backend, o.device, o.seed, Depth.QUICK, o.folder);
                    case "--backend" -> new Options(value, o.device, o.seed, o.depth, o.folder);
                    case "--device" ->
                        new Options(o.backend, Math.toIntExact(number(value)), o.seed, o.depth, o.folder);
                    case "--seed" -> new Options(o.backend, o.device, number(value), o.depth, o.folder);
                    case "--out" -> new Options(o.backend, o.device, o.seed, o.depth, Optional.of(Path.of(value)));
                    default ->
                        throw new IllegalArgumentException(
                                "unknown argument '%s'; usage: %s".formatted(args[i], USAGE));
                };
                i += args[i].equals("--quick") ? 0 : 1;
            }
            return options;
        }

        private static long number(String value) {
            try {
                return Long.parseLong(value);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'%s' is not a number; usage: %s".formatted(value, USAGE), e);
            }
        }
    }

    private static ConformanceReport test(Options options) throws IOException {
        List<BackendProvider> providers = ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        BackendProvider provider = providers.stream()
                .filter(p -> p.name().equals(options.backend()))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("no backend '%s' on the class path; there: %s; usage: %s"
                                .formatted(
                                        options.backend(),
                                        providers.stream()
                                                .map(BackendProvider::name)
                                                .toList(),
                                        USAGE)));
        if (provider.availability() instanceof Availability.Unavailable(String reason, String fix)) {
            throw new IllegalArgumentException("backend '%s': %s; %s".formatted(provider.name(), reason, fix));
        }
        DeviceInfo device = provider.devices().stream()
                .filter(d -> d.index() == options.device())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("backend '%s' has no device %d; it has %s"
                        .formatted(provider.name(), options.device(), provider.devices())));
        Path cache = Files.createTempDirectory("quire-conformance");
        Supplier<AttentionBackend> open = () -> provider.open(device, BackendOptions.defaults(cache));
        try {
            return Conformance.run(open, options.seed(), options.depth());
        } finally {
            delete(cache);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
