package dev.quire.server.cli;

import dev.quire.core.llm.Llm;
import dev.quire.core.request.SamplingParams;
import java.io.PrintWriter;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Continues one prompt. */
@Command(
        name = "generate",
        description = "Continues a prompt and prints the text as it comes.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: quire generate --temperature 0 \"The river runs\""})
final class GenerateCommand extends OptionsCommand {
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
        super(environment, ENGINE);
    }

    @Override
    public Integer call() {
        PrintWriter out = out();
        SamplingParams sampling = SamplingParams.builder()
                .temperature(temperature)
                .topP(topP)
                .maxTokens(maxTokens)
                .build();
        try (Llm llm = launcher(options()).load(report());
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
