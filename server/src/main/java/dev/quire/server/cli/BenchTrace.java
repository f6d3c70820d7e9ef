package dev.quire.server.cli;

import dev.quire.server.bench.trace.Trace;
import dev.quire.server.bench.trace.TraceFile;
import dev.quire.server.bench.trace.TraceKind;
import dev.quire.server.bench.trace.TraceMaker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Which requests a benchmark makes. */
final class BenchTrace {
    @Option(
            names = "--trace",
            defaultValue = "sharegpt",
            paramLabel = "NAME|FILE",
            description = {
                "sharegpt, alpaca, shared-prefix, parallel, long-context, or a JSONL file whose lines have prompt (text or token",
                "ids), max_tokens and perhaps n. Default: ${DEFAULT-VALUE}."
            })
    private String trace;

    @Option(
            names = "--num-prompts",
            defaultValue = "64",
            paramLabel = "N",
            description = "Requests of a made trace. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(
            names = "--trace-seed",
            defaultValue = "0",
            paramLabel = "N",
            description = "Of a made trace's lengths and tokens. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--trace-max-len",
            paramLabel = "N",
            description = "Longest sequence of a made trace in tokens. Default: the model's, and at most 2048.")
    private Optional<Integer> longest = Optional.empty();

    @Option(names = "--save-trace", paramLabel = "FILE", description = "Write the trace as JSONL, to be run elsewhere.")
    private Optional<Path> save = Optional.empty();

    /**
     * The trace.
     *
     * @param tokenizer makes tokens of a file's texts
     */
    Trace trace(int vocabulary, int maxModelLen, Function<String, int[]> tokenizer) throws IOException {
        Path file = Path.of(trace);
        int cut = longest.orElse(Math.min(maxModelLen, 2048));
        Trace chosen = Files.isRegularFile(file)
                ? TraceFile.read(file, tokenizer)
                : new TraceMaker(vocabulary, cut, seed).make(TraceKind.of(trace), count);
        if (save.isPresent()) {
            TraceFile.write(chosen, save.get());
        }
        return chosen;
    }
}
