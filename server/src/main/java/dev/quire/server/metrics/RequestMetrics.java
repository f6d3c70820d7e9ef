package dev.quire.server.metrics;

import dev.quire.core.request.FinishReason;
import dev.quire.core.request.TextEvent;
import dev.quire.core.request.Timings;
import dev.quire.core.request.Usage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** What requests took and how they ended. Safe from any thread. */
public final class RequestMetrics {
    private final DistributionSummary firstToken;
    private final DistributionSummary interToken;
    private final DistributionSummary perOutputToken;
    private final DistributionSummary endToEnd;
    private final DistributionSummary queue;
    private final DistributionSummary prefill;
    private final DistributionSummary decode;
    private final DistributionSummary inference;
    private final DistributionSummary promptTokens;
    private final DistributionSummary generationTokens;
    private final Map<FinishReason, Counter> ended = new EnumMap<>(FinishReason.class);

    /**
     * Registers the meters.
     *
     * @param model the served name
     * @param maxModelLen bounds the buckets of token counts
     */
    public RequestMetrics(MeterRegistry registry, String model, int maxModelLen) {
        Meters meters = new Meters(registry, model);
        firstToken = meters.histogram(
                "time_to_first_token_seconds", "From arrival to the first token.", Buckets.FIRST_TOKEN);
        interToken = meters.histogram("inter_token_latency_seconds", "Between tokens of a choice.", Buckets.TOKEN);
        perOutputToken = meters.histogram(
                "request_time_per_output_token_seconds", "A request's mean time between tokens.", Buckets.TOKEN);
        endToEnd = meters.histogram("e2e_request_latency_seconds", "From arrival to the last token.", Buckets.REQUEST);
        queue = meters.histogram("request_queue_time_seconds", "From arrival to the first step.", Buckets.REQUEST);
        prefill = meters.histogram(
                "request_prefill_time_seconds", "From the first step to the first token.", Buckets.REQUEST);
        decode = meters.histogram("request_decode_time_seconds", "From the first token to the last.", Buckets.REQUEST);
        inference = meters.histogram(
                "request_inference_time_seconds", "From the first step to the last token.", Buckets.REQUEST);
        promptTokens = meters.histogram("request_prompt_tokens", "Tokens of a prompt.", Buckets.upTo(maxModelLen));
        generationTokens = meters.histogram(
                "request_generation_tokens", "Tokens generated for a request.", Buckets.upTo(maxModelLen));
        for (FinishReason reason : FinishReason.values()) {
            ended.put(
                    reason,
                    meters.counter(
                            "request_success",
                            "Choices that ended.",
                            "finished_reason",
                            reason.name().toLowerCase(Locale.ROOT)));
        }
    }

    /** A listener for one request's events, to be told of them as they come. */
    public Consumer<TextEvent> observer() {
        Map<Integer, Long> latest = new HashMap<>();
        return event -> {
            switch (event) {
                case TextEvent.Delta delta -> tokens(delta, latest);
                case TextEvent.ChoiceFinished finished ->
                    ended.get(finished.reason()).increment();
                case TextEvent.Completed completed -> completed(completed.usage(), completed.timings());
                case TextEvent.PromptScored _, TextEvent.Refused _, TextEvent.Failed _ -> {}
            }
        };
    }

    private void tokens(TextEvent.Delta delta, Map<Integer, Long> latest) {
        long now = System.nanoTime();
        Long before = latest.put(delta.choice(), now);
        int count = delta.tokens().size();
        for (int i = 0; before != null && i < count; i++) {
            interToken.record(seconds(before, now) / count);
        }
    }

    private void completed(Usage usage, Timings timings) {
        promptTokens.record(usage.promptTokens());
        generationTokens.record(usage.completionTokens());
        if (usage.completionTokens() == 0) {
            return;
        }
        firstToken.record(seconds(timings.arrived(), timings.firstToken()));
        endToEnd.record(seconds(timings.arrived(), timings.finished()));
        queue.record(seconds(timings.arrived(), timings.scheduled()));
        prefill.record(seconds(timings.scheduled(), timings.firstToken()));
        decode.record(seconds(timings.firstToken(), timings.finished()));
        inference.record(seconds(timings.scheduled(), timings.finished()));
        if (usage.completionTokens() > 1) {
            perOutputToken.record(seconds(timings.firstToken(), timings.finished()) / (usage.completionTokens() - 1));
        }
    }

    private static double seconds(long from, long to) {
        return (to - from) / 1e9;
    }
}
