package dev.quire.server.metrics;

import dev.quire.core.request.FinishReason;
import dev.quire.core.request.TextEvent;
import dev.quire.core.request.Timings;
import dev.quire.core.request.Usage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What requests took and how they ended. Safe from any thread. */
public final class RequestMetrics {
    private final Timer firstToken;
    private final Timer interToken;
    private final Timer perOutputToken;
    private final Timer endToEnd;
    private final Timer queue;
    private final Timer prefill;
    private final Timer decode;
    private final Timer inference;
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
        firstToken = meters.durations(
                "time_to_first_token_seconds", "From arrival to the first token.", Buckets.FIRST_TOKEN);
        interToken = meters.durations("inter_token_latency_seconds", "Between tokens of a choice.", Buckets.TOKEN);
        perOutputToken = meters.durations(
                "request_time_per_output_token_seconds", "A request's mean time between tokens.", Buckets.TOKEN);
        endToEnd = meters.durations("e2e_request_latency_seconds", "From arrival to the last token.", Buckets.REQUEST);
        queue = meters.durations("request_queue_time_seconds", "From arrival to the first step.", Buckets.REQUEST);
        prefill = meters.durations(
                "request_prefill_time_seconds", "From the first step to the first token.", Buckets.REQUEST);
        decode = meters.durations("request_decode_time_seconds", "From the first token to the last.", Buckets.REQUEST);
        inference = meters.durations(
                "request_inference_time_seconds", "From the first step to the last token.", Buckets.REQUEST);
        promptTokens = meters.counts("request_prompt_tokens", "Tokens of a prompt.", Buckets.upTo(maxModelLen));
        generationTokens = meters.counts(
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
            interToken.record((now - before) / count, TimeUnit.NANOSECONDS);
        }
    }

    private void completed(Usage usage, Timings timings) {
        promptTokens.record(usage.promptTokens());
        generationTokens.record(usage.completionTokens());
        if (usage.completionTokens() == 0) {
            return;
        }
        record(firstToken, timings.arrived(), timings.firstToken());
        record(endToEnd, timings.arrived(), timings.finished());
        record(queue, timings.arrived(), timings.scheduled());
        record(prefill, timings.scheduled(), timings.firstToken());
        record(decode, timings.firstToken(), timings.finished());
        record(inference, timings.scheduled(), timings.finished());
        if (usage.completionTokens() > 1) {
            long decoding = timings.finished() - timings.firstToken();
            perOutputToken.record(decoding / (usage.completionTokens() - 1), TimeUnit.NANOSECONDS);
        }
    }

    private static void record(Timer timer, long from, long to) {
        timer.record(to - from, TimeUnit.NANOSECONDS);
    }
}
