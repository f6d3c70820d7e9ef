package dev.quire.server.cli;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.types.Numerics;
import dev.quire.server.bench.SpeedReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a backend against its machine. */
@Command(
        name = "bench",
        description = {
            "Measures decode, prefill and time to the first token beside the machine's limits.",
            "The model has SmolLM2-135M's shape and made weights in bf16. Takes about two minutes; leave the machine alone meanwhile."
        },
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--backend", defaultValue = "cpu", description = "Backend to measure. Default: ${DEFAULT-VALUE}.")
    private String backend;

    @Option(names = "--device", defaultValue = "0", description = "Its device. Default: ${DEFAULT-VALUE}.")
    private int device;

    @Option(
            names = "--threads",
            defaultValue = "0",
            description = "Host threads; 0 for one per processor. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--numerics",
            split = ",",
            defaultValue = "fast,reproducible",
            description = {
                "fast, reproducible, or both: the speed of the first, and how the second compares with it.",
                "Default: ${DEFAULT-VALUE}, as far as the backend offers them."
            })
    private List<String> numerics;

    @Override
    public Integer call() {
        BackendProvider provider = ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.name().equals(backend))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("No backend '%s'; see quire backends.".formatted(backend)));
        Path cache = Path.of(System.getProperty("java.io.tmpdir"), "quire");
        BackendOptions options =
                new BackendOptions(threads, cache, spec.commandLine().getErr()::println, Map.of());
        int used = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        try (AttentionBackend open = provider.open(provider.devices().get(device), options)) {
            List<Numerics> measured = measured(open);
            if (measured.isEmpty()) {
                throw new IllegalArgumentException("Backend '%s' offers none of the numerics %s; it offers %s."
                        .formatted(backend, numerics, open.info().numerics()));
            }
            SpeedReport.print(open, used, measured, spec.commandLine().getOut());
        }
        return 0;
    }

    /** What was asked for and the backend offers, in the order that it was asked for. */
    private List<Numerics> measured(AttentionBackend open) {
        return numerics.stream()
                .map(BenchCommand::read)
                .distinct()
                .filter(open.info().numerics()::contains)
                .toList();
    }

    private static Numerics read(String text) {
        return Stream.of(Numerics.values())
                .filter(value -> value.label().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--numerics is '%s'; give fast, reproducible, or both with a comma between them."
                                .formatted(text)));
    }
}
