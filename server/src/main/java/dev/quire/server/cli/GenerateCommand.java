package dev.quire.server.cli;

import dev.quire.core.llm.Llm;
import dev.quire.core.request.SamplingParams;
import dev.quire.server.launch.DownloadBar;
import dev.quire.server.launch.LoadReport;
import dev.quire.server.launch.ModelLauncher;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Continues one prompt. */
@Command(
        name = "generate",
        description = "Continues a prompt and prints the text as it comes.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: quire generate --temperature 0 \"The river runs\""})
final class GenerateCommand implements Callable<Integer>, OptionFlags.Taker {
    private final Map<String, String> environment;
    private OptionFlags flags;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "PROMPT", description = "Text to continue.")
    private String prompt;

    @Option(
            names = "--max-tokens",
            defaultValue = "128",
            description = "Tokens to generate at most. Default: ${DEFAULT-VALUE}.")
    private int maxTokens;

    @Option(names = "--temperature", defaultValue = "0", description = "0 for greedy. Default: ${DEFAULT-VALUE}.")
    private float temperature;

    @Option(
            names = "--top-p",
            defaultValue = "1",
            description = "Keep the most probable tokens of this mass. Default: ${DEFAULT-VALUE}.")
    private float topP;

    GenerateCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Set<String> sections() {
        return Set.of("Model", "Downloads", "Device", "KV cache", "Scheduler");
    }

    @Override
    public void options(OptionFlags source) {
        flags = source;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        SamplingParams sampling = SamplingParams.builder()
                .temperature(temperature)
                .topP(topP)
                .maxTokens(maxTokens)
                .build();
        ModelLauncher launcher =
                new ModelLauncher(flags.read(spec.commandLine().getParseResult()), environment, new DownloadBar());
        try (Llm llm = launcher.load(new LoadReport(spec.commandLine().getErr()));
                Stream<String> pieces = llm.stream(prompt, sampling)) {
            pieces.forEach(piece -> {
                out.print(piece);
                out.flush();
            });
            out.println();
        }
        return 0;
    }
}
