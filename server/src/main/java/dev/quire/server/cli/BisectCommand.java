package dev.quire.server.cli;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendInfo;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceChoice;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.bisect.Agreement;
import dev.quire.conformance.bisect.Bisection;
import dev.quire.conformance.bisect.Finding;
import dev.quire.conformance.bisect.Side;
import dev.quire.conformance.bisect.Subject;
import dev.quire.conformance.definition.KitBackends;
import dev.quire.core.llm.Backends;
import dev.quire.core.llm.DeviceOptions;
import dev.quire.core.llm.ForwardModel;
import dev.quire.core.llm.LlmOptions;
import dev.quire.core.text.SpecialTokens;
import dev.quire.server.options.QuireOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Finds the first op that two backends do not agree on. */
@Command(
        name = "bisect",
        description = {
            "Runs a prompt on two backends, op by op, and names the first op, layer, row and element that differs.",
            "Both get the same inputs for each op. In reproducible numerics one bit is a difference; in fast numerics, what a"
                    + " difference of rounding does not explain. Exit status 0 if every op agrees, 1 if one does not.",
            "Beside the installed backends there are the kit's own: oracle (fast) and bits (reproducible)."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example: quire bisect --backend cpu --against oracle"})
final class BisectCommand extends OptionsCommand {
    @Option(names = "--against", required = true, paramLabel = "NAME", description = "The backend to compare with.")
    private String against;

    @Option(
            names = "--prompt",
            defaultValue = "A quire is a gathering of pages, folded once and sewn.",
            paramLabel = "TEXT",
            description = "What is run. Default: ${DEFAULT-VALUE}")
    private String prompt;

    @Option(
            names = "--tokens",
            defaultValue = "2",
            paramLabel = "N",
            description =
                    "Decode steps after the prompt, each of the first backend's best token. Default: ${DEFAULT-VALUE}.")
    private int tokens;

    @Option(
            names = "--tolerance",
            defaultValue = "1",
            paramLabel = "X",
            description =
                    "In fast numerics, how many times an op's own tolerance is let pass. Default: ${DEFAULT-VALUE}.")
    private double tolerance;

    BisectCommand(Map<String, String> environment) {
        super(environment, MODEL, CACHED);
    }

    @Override
    public Integer call() {
        QuireOptions options = options();
        LlmOptions llm = found(options);
        List<BackendProvider> providers = new ArrayList<>(Backends.onClassPath().providers());
        providers.addAll(KitBackends.providers());
        Backends backends = Backends.of(providers);
        BackendProvider first = backends.choose(llm.device().backend());
        BackendProvider second = backends.choose(against);
        try (AttentionBackend a =
                        open(first, llm.device().device(), llm.device().settings(), llm);
                AttentionBackend b = open(second, DeviceChoice.BEST, Map.of(), llm);
                AttentionBackend definition =
                        KitBackends.definition(options.device().numerics());
                ForwardModel model = ForwardModel.open(llm, common(a.info(), b.info()))) {
            return bisect(
                    model, new Side(first.name(), a, definition), new Side(second.name(), b, definition), options);
        }
    }

    private static AttentionBackend open(
            BackendProvider provider, DeviceChoice choice, Map<String, String> settings, LlmOptions llm) {
        DeviceOptions device = llm.device();
        return Backends.open(
                provider,
                choice,
                new BackendOptions(device.threads(), device.cacheDirectory(), llm.listener()::notice, settings));
    }

    /** The first backend, with the cache types that both have. */
    private static BackendInfo common(BackendInfo a, BackendInfo b) {
        Set<DType> types = new HashSet<>(a.cacheTypes());
        types.retainAll(b.cacheTypes());
        return new BackendInfo(
                a.name() + "' beside '" + b.name(),
                a.device(),
                types,
                a.numerics(),
                a.batchInvariant(),
                a.description());
    }

    private int bisect(ForwardModel model, Side first, Side second, QuireOptions options) {
        Numerics numerics = options.device().numerics();
        int[] ids = model.tokenizer().encode(prompt, SpecialTokens.ADD);
        if (ids.length + tokens > model.maxModelLen()) {
            throw new IllegalArgumentException("%d tokens of prompt and %d more are longer than max-model-len %d"
                    .formatted(ids.length, tokens, model.maxModelLen()));
        }
        Subject subject = new Subject(model.program(), model.cache(), model.weights(), ids, tokens);
        Agreement agreement =
                numerics == Numerics.REPRODUCIBLE ? new Agreement.Bitwise() : new Agreement.Near(tolerance);
        Finding finding = Bisection.run(subject, first, second, numerics, agreement);
        BisectReport report = new BisectReport(first.name(), second.name(), subject, numerics);
        out().print(report.text(finding));
        out().flush();
        return finding instanceof Finding.Same ? 0 : QuireCommand.FAILED;
    }
}
