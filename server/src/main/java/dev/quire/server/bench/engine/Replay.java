package dev.quire.server.bench.engine;

import dev.quire.core.engine.Engine;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.SamplingParams.Stopping;
import dev.quire.core.request.TokenEvent;
import dev.quire.server.bench.trace.TraceRequest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends requests of a trace through an engine and notes when their tokens come. */
public final class Replay {
    private final Engine engine;
    private final String salt;

    /** @param salt requests share prefixes with those of the same salt only: another for each round keeps rounds alike */
    public Replay(Engine engine, String salt) {
        this.engine = engine;
        this.salt = salt;
    }

    /**
     * Hands all requests over at once and waits for the last token.
     *
     * @throws IllegalStateException if one is refused or fails, with the engine's reason
     */
    public List<RequestTimes> atOnce(List<TraceRequest> requests) {
        List<CompletableFuture<RequestTimes>> all =
                requests.stream().map(this::submit).toList();
        return all.stream().map(CompletableFuture::join).toList();
    }

    private CompletableFuture<RequestTimes> submit(TraceRequest request) {
        CompletableFuture<RequestTimes> times = new CompletableFuture<>();
        AtomicInteger tokens = new AtomicInteger();
        long start = System.nanoTime();
        double[] first = new double[1];
        engine.submit(generation(request), event -> {
            switch (event) {
                case TokenEvent.Token _ -> {
                    if (tokens.getAndIncrement() == 0) {
                        first[0] = (System.nanoTime() - start) * 1e-9;
                    }
                }
                case TokenEvent.Completed _ ->
                    times.complete(new RequestTimes(
                            request.prompt().length, tokens.get(), first[0], (System.nanoTime() - start) * 1e-9));
                case TokenEvent.Refused(var refusal) ->
                    times.completeExceptionally(new IllegalStateException(
                            "the engine refused a request of the trace: " + refusal.message()));
                case TokenEvent.Failed(String message) ->
                    times.completeExceptionally(new IllegalStateException("a request of the trace failed: " + message));
                case TokenEvent.PromptScored _, TokenEvent.Finished _ -> {}
            }
        });
        return times;
    }

    private GenerationRequest generation(TraceRequest request) {
        Stopping whole = new Stopping(
                OptionalInt.of(request.outputTokens()),
                0,
                List.of(),
                Set.of(),
                Stopping.Eos.IGNORED,
                Stopping.StopText.REMOVED);
        SamplingParams sampling = SamplingParams.builder()
                .n(request.n())
                .temperature(request.n() > 1 ? 1 : 0)
                .seed(1)
                .stopping(whole)
                .build();
        return new GenerationRequest("bench", request.prompt(), sampling, 0, Optional.of(salt));
    }
}
