package dev.quire.server.cli;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.BackendInfo;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.llm.LlmOptions;
import dev.quire.server.bench.Contender;
import dev.quire.server.bench.model.BenchModel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model a benchmark runs, and what it is compared with. */
final class BenchSubject {
    /** Where a model's weights come from. */
    private enum LoadFormat {
        /** The model's own files. */
        AUTO,
        /** A seed; the model is a shape. */
        DUMMY
    }

    @Option(
            names = "--load-format",
            defaultValue = "auto",
            paramLabel = "auto|dummy",
            description = {
                "dummy makes weights from a seed; --model is then a config.json, or one of smollm2-135m, llama-3.2-1b,",
                "llama-3.1-8b and llama-2-13b. Default: ${DEFAULT-VALUE}."
            })
    private LoadFormat loadFormat;

    @Option(
            names = "--dummy-weights",
            defaultValue = "BF16",
            paramLabel = "FORMAT",
            description = "Format of made matrices: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private WeightFormat format;

    @Mixin
    private BenchAgainst against;

    /** The backends of {@code llm}, opened; the caller closes them. */
    List<AttentionBackend> open(LlmOptions llm) {
        return against.open(llm.device(), llm.listener()::notice);
    }

    /**
     * One contender for each of the numerics on each backend.
     *
     * @throws BackendException if a backend offers none of them
     */
    static List<Contender> contenders(List<AttentionBackend> backends, List<Numerics> numerics) {
        List<Contender> contenders = new ArrayList<>();
        for (AttentionBackend backend : backends) {
            BackendInfo info = backend.info();
            List<Numerics> offered =
                    numerics.stream().filter(info.numerics()::contains).toList();
            if (offered.isEmpty()) {
                throw new BackendException(
                        BackendException.Kind.UNSUPPORTED,
                        "Backend '%s' offers none of the numerics %s; it offers %s."
                                .formatted(info.name(), labels(numerics.stream()), labels(info.numerics().stream())));
            }
            for (Numerics each : offered) {
                String name = numerics.size() == 1 ? info.name() : info.name() + " " + each.label();
                boolean taken =
                        contenders.stream().anyMatch(other -> other.name().equals(name));
                contenders.add(new Contender(taken ? name + " again" : name, backend, each));
            }
        }
        return contenders;
    }

    private static List<String> labels(Stream<Numerics> numerics) {
        return numerics.map(Numerics::label).toList();
    }

    /** The model, in types that all backends have. */
    BenchModel model(String name, LlmOptions llm, List<AttentionBackend> backends) {
        return BenchModel.open(name, llm, common(backends));
    }

    /** The shape {@code name}, if weights are to be made. */
    Optional<BenchModel> made(String name) {
        return loadFormat == LoadFormat.DUMMY ? Optional.of(BenchModel.made(name, format, 1)) : Optional.empty();
    }

    private static BackendInfo common(List<AttentionBackend> backends) {
        BackendInfo first = backends.getFirst().info();
        Set<DType> types = new HashSet<>(first.cacheTypes());
        backends.forEach(other -> types.retainAll(other.info().cacheTypes()));
        return new BackendInfo(
                first.name(), first.device(), types, first.numerics(), first.batchInvariant(), first.description());
    }
}
