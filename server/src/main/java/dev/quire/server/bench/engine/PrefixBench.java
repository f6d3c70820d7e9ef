package dev.quire.server.bench.engine;

import dev.quire.core.engine.EngineOptions;
import dev.quire.server.bench.Contender;
import dev.quire.server.bench.model.BenchModel;
import dev.quire.server.bench.report.Column;
import dev.quire.server.bench.report.Table;
import dev.quire.server.bench.trace.TraceRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Time to the first token through the engine, with and without a cached prefix. */
public final class PrefixBench implements AutoCloseable {
    private static final int ROUNDS = 9;
    private static final int BLOCKS = 1024;

    private final BenchEngine bench;
    private final int vocabulary;
    private final int promptTokens;
    private final SplittableRandom random = new SplittableRandom(1);

    /** @param promptTokens tokens of each prompt */
    public PrefixBench(Contender contender, BenchModel model, int promptTokens) {
        this.vocabulary = model.info().vocabSize();
        this.promptTokens = promptTokens;
        this.bench = new BenchEngine(contender, model, EngineOptions.DEFAULT, BLOCKS, promptTokens + 1, report -> {});
    }

    /** Median seconds to the first token of a prompt that was never seen, and of the same prompt with another last token. */
    public Table measure() {
        List<Double> uncached = new ArrayList<>();
        List<Double> cached = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            int[] prompt = random.ints(promptTokens, 1, vocabulary).toArray();
            uncached.add(firstToken(prompt));
            prompt[promptTokens - 1]--;
            cached.add(firstToken(prompt));
        }
        uncached.sort(null);
        cached.sort(null);
        double without = uncached.get(ROUNDS / 2);
        double with = cached.get(ROUNDS / 2);
        return Table.of(
                        "prefix",
                        "first token after a prompt",
                        Column.number("prompt_tokens", "prompt tokens", 0),
                        Column.millis("uncached_seconds", "ms"),
                        Column.millis("cached_seconds", "prefix cached ms"),
                        Column.number("ratio", "ratio", 3))
                .with(promptTokens, without, with, with / without);
    }

    private double firstToken(int[] prompt) {
        Replay replay = new Replay(bench.engine(), "prefix");
        List<RequestTimes> times = replay.atOnce(List.of(new TraceRequest(prompt, 1, 1)));
        return times.getFirst().firstToken();
    }

    @Override
    public void close() {
        bench.close();
    }
}
