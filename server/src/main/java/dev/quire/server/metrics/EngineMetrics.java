package dev.quire.server.metrics;

import dev.quire.core.engine.EngineStats;
import dev.quire.core.engine.StepReport;
import dev.quire.core.llm.CacheSize;
import dev.quire.core.llm.LlmListener;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What the engine is doing. Values are read from its snapshots when somebody scrapes. */
public final class EngineMetrics {
    private final Meters meters;
    private final DistributionSummary stepTokens;

    /** @param model the served name */
    public EngineMetrics(MeterRegistry registry, String model) {
        meters = new Meters(registry, model);
        stepTokens = meters.counts("iteration_tokens", "Tokens of a step.", Buckets.STEP_TOKENS);
    }

    /** A listener that counts steps and passes everything on. */
    public LlmListener listening(LlmListener next) {
        return new LlmListener() {
            @Override
            public void notice(String sentence) {
                next.notice(sentence);
            }

            @Override
            public void weightsLoaded(long loaded, long total) {
                next.weightsLoaded(loaded, total);
            }

            @Override
            public void stepCompleted(StepReport report) {
                stepTokens.record(report.tokens());
                next.stepCompleted(report);
            }
        };
    }

    /** Registers what the KV cache was given. */
    public void describe(CacheSize cache) {
        meters.info(
                "cache_config_info",
                "The KV cache, in labels.",
                Tags.of(
                        "block_size",
                        "" + cache.blockSize(),
                        "cache_dtype",
                        cache.dtype().name().toLowerCase(Locale.ROOT),
                        "num_gpu_blocks",
                        "" + cache.blocks()));
    }

    /** Registers what is read from an engine's snapshots. */
    public void watch(Supplier<EngineStats> stats) {
        gauge("num_requests_running", "Sequences that hold KV blocks.", stats, EngineStats::running);
        gauge("num_requests_waiting", "Sequences that wait for admission.", stats, EngineMetrics::waiting);
        gauge("kv_cache_usage_perc", "Share of KV blocks in use, 0 to 1.", stats, EngineMetrics::usage);
        counter("prefix_cache_queries", "Prompt tokens looked up in the prefix cache.", stats, s -> s.prefixQueries());
        counter("prefix_cache_hits", "Prompt tokens found in the prefix cache.", stats, s -> s.prefixHits());
        counter("num_preemptions", "Sequences that gave their blocks back.", stats, s -> s.preemptions());
        counter("prompt_tokens", "Prompt tokens computed.", stats, s -> s.promptTokens());
        counter("generation_tokens", "Tokens generated.", stats, s -> s.generatedTokens());
    }

    private void gauge(String name, String help, Supplier<EngineStats> stats, ToDoubleFunction<EngineStats> value) {
        meters.gauge(name, help, stats, source -> value.applyAsDouble(source.get()));
    }

    private void counter(String name, String help, Supplier<EngineStats> stats, ToDoubleFunction<EngineStats> value) {
        meters.counter(name, help, stats, source -> value.applyAsDouble(source.get()));
    }

    /** Sequences before their first step are in both counts, preempted ones in the first, requests on their way in the second. */
    private static double waiting(EngineStats stats) {
        return Math.max(stats.waiting(), stats.queued());
    }

    private static double usage(EngineStats stats) {
        return stats.totalBlocks() == 0 ? 0 : (double) stats.heldBlocks() / stats.totalBlocks();
    }
}
