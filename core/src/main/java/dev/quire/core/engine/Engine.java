package dev.quire.core.engine;

import dev.quire.core.model.ModelRunner;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.Refusal;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.TokenEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * From requests to streams of tokens. Any thread may call; one thread, the engine's own, does the work and delivers the events, so
 * listeners must be quick and must not block.
 */
public final class Engine implements AutoCloseable {
    private final ServedModel model;
    private final EngineOptions options;
    private final EngineLoop loop;
    private final Thread thread;

    /**
     * Starts the engine thread.
     *
     * @param scheduler over the runner's blocks; from now on the engine's alone
     * @param runner closed with the engine
     * @param observer told of each completed step, on the engine thread
     */
    public Engine(
            ServedModel model,
            EngineOptions options,
            SchedulerParts scheduler,
            ModelRunner runner,
            Consumer<StepReport> observer) {
        this.model = model;
        this.options = options;
        this.loop = new EngineLoop(model, options, scheduler, runner, observer);
        this.thread = Thread.ofPlatform().name("quire-engine").daemon(true).start(loop);
    }

    /**
     * Hands a request over. The listener gets its events in order, on the engine thread; a refusal comes on the calling thread, before this
     * returns.
     */
    public Generation submit(GenerationRequest request, Consumer<TokenEvent> listener) {
        Command.Ticket ticket = new Command.Ticket();
        Optional<Refusal> refusal = refusal(request);
        if (refusal.isPresent()) {
            listener.accept(new TokenEvent.Refused(refusal.get()));
        } else {
            loop.post(new Command.Submit(request, listener, System.nanoTime(), ticket));
        }
        return new Generation() {
            @Override
            public String id() {
                return request.id();
            }

            @Override
            public void cancel() {
                loop.post(new Command.Cancel(ticket, OptionalInt.empty()));
            }

            @Override
            public void cancelChoice(int choice) {
                loop.post(new Command.Cancel(ticket, OptionalInt.of(choice)));
            }
        };
    }

    /**
     * Has the engine run small steps that nobody reads until the first request comes, at most a few dozen and for a few seconds, so that the
     * JVM has compiled what a step runs. Returns at once. A request that comes meanwhile waits for one such step; where one came before,
     * nothing happens. A step that the backend fails is logged and the last one.
     *
     * @param mostTokens that a step may have, 1 at least
     */
    public void warmUp(int mostTokens) {
        if (mostTokens < 1) {
            throw new IllegalArgumentException(
                    "a step of %d tokens warms nothing up; at least 1 is needed".formatted(mostTokens));
        }
        loop.post(new Command.WarmUp(mostTokens));
    }

    /** A consistent snapshot, at most one step old. */
    public EngineStats stats() {
        return loop.stats();
    }

    /** Why the engine takes no more requests, if so. */
    public Optional<String> failure() {
        return loop.failure();
    }

    /** Refuses new requests and waits until the running ones have ended; returns whether they have. */
    public boolean drain(Duration atMost) throws InterruptedException {
        loop.refuseNew("The server is shutting down.");
        return loop.awaitIdle(atMost);
    }

    /** Ends what runs with {@link TokenEvent.Failed}, stops the thread and frees the device. */
    @Override
    public void close() {
        loop.stop();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Refusal> refusal(GenerationRequest request) {
        return loop.unavailable()
                .map(why -> new Refusal(Refusal.Kind.UNAVAILABLE, why))
                .or(() -> invalid(request))
                .or(() -> tooLong(request))
                .or(() -> loop.overloaded(options.maxQueuedRequests()));
    }

    private Optional<Refusal> invalid(GenerationRequest request) {
        SamplingParams sampling = request.sampling();
        if (request.prompt().length == 0) {
            return invalid("The prompt is empty; give at least one token.");
        }
        for (int token : request.prompt()) {
            if (token < 0 || token >= model.vocabSize()) {
                return outOfVocabulary("prompt", token);
            }
        }
        for (int token : sampling.logitBias().keySet()) {
            if (token < 0 || token >= model.vocabSize()) {
                return outOfVocabulary("logit_bias", token);
            }
        }
        for (int token : sampling.allowedTokens()) {
            if (token < 0 || token >= model.vocabSize()) {
                return outOfVocabulary("allowed_token_ids", token);
            }
        }
        for (int token : sampling.stopping().tokens()) {
            if (token < 0 || token >= model.vocabSize()) {
                return outOfVocabulary("stop_token_ids", token);
            }
        }
        int most = ModelRunner.MAX_TOP_LOGPROBS;
        if (sampling.logprobs().orElse(0) > most || sampling.promptLogprobs().orElse(0) > most) {
            return invalid("logprobs and prompt_logprobs report at most %d alternatives.".formatted(most));
        }
        if (sampling.n() > options.maxNumSeqs()) {
            return invalid("n is %d, but at most %d sequences run at once (max-num-seqs)."
                    .formatted(sampling.n(), options.maxNumSeqs()));
        }
        return Optional.empty();
    }

    private Optional<Refusal> tooLong(GenerationRequest request) {
        int prompt = request.prompt().length;
        OptionalInt wanted = request.sampling().stopping().maxTokens();
        if (prompt >= model.maxModelLen() || (long) prompt + wanted.orElse(1) > model.maxModelLen()) {
            return Optional.of(new Refusal(
                    Refusal.Kind.TOO_LONG,
                    ("This model's maximum context length is %d tokens. However, you requested %d tokens (%d in the prompt, %d for the "
                                    + "completion). Shorten the prompt or lower max_tokens.")
                            .formatted(
                                    model.maxModelLen(), (long) prompt + wanted.orElse(1), prompt, wanted.orElse(1))));
        }
        return Optional.empty();
    }

    private Optional<Refusal> outOfVocabulary(String field, int token) {
        return invalid(
                "%s holds token id %d; ids of this model are 0 to %d.".formatted(field, token, model.vocabSize() - 1));
    }

    private static Optional<Refusal> invalid(String message) {
        return Optional.of(new Refusal(Refusal.Kind.INVALID, message));
    }
}
