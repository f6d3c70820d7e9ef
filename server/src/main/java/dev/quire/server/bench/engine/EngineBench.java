package dev.quire.server.bench.engine;

import dev.quire.api.memory.CacheGroup;
import dev.quire.core.engine.Engine;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.engine.EngineStats;
import dev.quire.server.bench.Contender;
import dev.quire.server.bench.model.BenchModel;
import dev.quire.server.bench.trace.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/** Runs a trace through an engine on each contender, in turns, round by round. */
public final class EngineBench implements AutoCloseable {
    /** Bytes that a cache takes at most, unless the options say more. */
    private static final long CACHE_BYTES = 2L << 30;

    private final List<Contender> contenders;
    private final Trace trace;
    private final Consumer<String> progress;
    private final List<BenchEngine> engines = new ArrayList<>();

    /**
     * Loads the model on all contenders.
     *
     * @param contenders stay the caller's; each runs the whole model
     * @param model stays the caller's
     * @param options limits of a step, and the cache's size; by default as many blocks as the trace can fill
     * @param progress hears what runs next
     * @throws IllegalArgumentException if a request of the trace is longer than the model's longest sequence
     */
    public EngineBench(
            List<Contender> contenders,
            BenchModel model,
            Trace trace,
            EngineOptions options,
            Consumer<String> progress) {
        if (trace.longest() > model.maxModelLen()) {
            throw new IllegalArgumentException("the trace has a sequence of %d tokens, but the model takes at most %d"
                    .formatted(trace.longest(), model.maxModelLen()));
        }
        this.contenders = contenders;
        this.trace = trace;
        this.progress = progress;
        EngineOptions enough = options.toBuilder()
                .maxQueuedRequests(
                        Math.max(options.maxQueuedRequests(), trace.requests().size()))
                .build();
        try {
            for (Contender contender : contenders) {
                progress.accept("loading the model on " + contender.name());
                engines.add(new BenchEngine(
                        contender, model, enough, blocks(model, trace, options), trace.longest() + 1, report -> {}));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static int blocks(BenchModel model, Trace trace, EngineOptions options) {
        CacheGroup group = model.cache().groups().getFirst();
        long bytes = model.cache().groups().stream()
                .mapToLong(CacheGroup::blockBytes)
                .sum();
        int longest = Math.ceilDiv(trace.longest() + 1, group.blockSize()) + 1;
        long useful = trace.requests().stream()
                .map(request -> (long) request.n() * (Math.ceilDiv(request.length() + 1, group.blockSize()) + 1))
                .sorted(Comparator.reverseOrder())
                .limit(options.maxNumSeqs())
                .mapToLong(Long::longValue)
                .sum();
        long allowed = options.blocks().isPresent()
                ? options.blocks().getAsInt()
                : options.kvCacheBytes().orElse(CACHE_BYTES) / bytes;
        return Math.toIntExact(Math.max(longest, Math.min(useful + longest, allowed)));
    }

    /**
     * Runs the whole trace once on each contender to warm up, and then {@code rounds} times.
     *
     * @return the rounds of each contender
     * @throws IllegalArgumentException if {@code rounds} is not positive
     */
    public List<List<Round>> run(int rounds) {
        if (rounds < 1) {
            throw new IllegalArgumentException("--rounds is %d; at least 1 is needed".formatted(rounds));
        }
        List<List<Round>> all = new ArrayList<>();
        contenders.forEach(contender -> all.add(new ArrayList<>()));
        for (int round = 0; round <= rounds; round++) {
            progress.accept(round == 0 ? "warming up" : "round %d of %d".formatted(round, rounds));
            for (int i = 0; i < engines.size(); i++) {
                Round measured = round(engines.get(i).engine(), "round " + round);
                if (round > 0) {
                    all.get(i).add(measured);
                }
            }
        }
        return all;
    }

    private Round round(Engine engine, String salt) {
        EngineStats before = engine.stats();
        long start = System.nanoTime();
        List<RequestTimes> times = new Replay(engine, salt).atOnce(trace.requests());
        double seconds = (System.nanoTime() - start) * 1e-9;
        EngineStats after = engine.stats();
        return new Round(
                seconds,
                (after.waitedNanos() - before.waitedNanos()) * 1e-9,
                after.allocatedBytes() - before.allocatedBytes(),
                times,
                after.steps() - before.steps(),
                after.prefixHits() - before.prefixHits(),
                after.preemptions() - before.preemptions());
    }

    @Override
    public void close() {
        engines.forEach(BenchEngine::close);
    }
}
