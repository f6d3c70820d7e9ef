package dev.quire.core.llm;

import dev.quire.core.engine.Engine;
import dev.quire.core.engine.EngineStats;
import dev.quire.core.engine.Generation;
import dev.quire.core.model.GenerationConfig;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.TextEvent;
import dev.quire.core.stream.TextStream;
import dev.quire.core.text.SpecialTokens;
import dev.quire.core.text.Tokenizer;
import dev.quire.core.text.template.ChatTemplate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A loaded model that answers requests: Quire inside a JVM program. Safe from any thread.
 *
 * <pre>{@code
 * try (Llm llm = Llm.load(LlmOptions.of("models/smollm2"))) {
 *     System.out.println(llm.generate("The river runs", SamplingParams.greedy()));
 * }
 * }</pre>
 */
public final class Llm implements AutoCloseable {
    private final Engine engine;
    private final Tokenizer tokenizer;
    private final Optional<ChatTemplate> chatTemplate;
    private final GenerationConfig generationConfig;
    private final LlmInfo info;
    private final Resources resources;
    private final AtomicLong requests = new AtomicLong();

    /**
     * @param chatTemplate parsed
     * @param resources everything to close, the engine included
     */
    Llm(
            Engine engine,
            Tokenizer tokenizer,
            Optional<ChatTemplate> chatTemplate,
            GenerationConfig generationConfig,
            LlmInfo info,
            Resources resources) {
        this.engine = engine;
        this.tokenizer = tokenizer;
        this.chatTemplate = chatTemplate;
        this.generationConfig = generationConfig;
        this.info = info;
        this.resources = resources;
    }

    /**
     * Loads a model with a backend from the class path. Takes as long as fetching it, if need be, and reading its weights.
     *
     * @throws dev.quire.core.source.ModelSourceException if the model is not there or cannot be fetched
     * @throws dev.quire.core.model.ModelConfigException if Quire does not run the model
     * @throws dev.quire.core.weights.format.WeightFormatException if the weights are damaged or do not fit the config
     * @throws dev.quire.core.text.TokenizerException if the tokenizer is missing or broken
     * @throws dev.quire.api.BackendException if the backend is missing, cannot run the model, or memory ran out
     * @throws IllegalArgumentException if the options contradict the model or the memory
     * @throws java.io.UncheckedIOException if a file cannot be read
     */
    public static Llm load(LlmOptions options) {
        return load(options, Backends.onClassPath());
    }

    /** Like {@link #load(LlmOptions)}, with backends of the caller's choice. */
    public static Llm load(LlmOptions options, Backends backends) {
        return new LlmLoader(options, backends).load();
    }

    /**
     * Says which backend would run which op of a model, and why; also where nobody runs some. Opens the backend and loads no weights onto it;
     * opening AWQ's and GPTQ's files reads them whole.
     *
     * @throws RuntimeException as {@link #load} does, but not for ops that nobody runs
     */
    public static Explanation explain(LlmOptions options, Backends backends) {
        return new LlmLoader(options, backends).explain();
    }

    /** Text to tokens and back. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** The model's own chat template, if it has one that can be used; if not, a notice said why. */
    public Optional<ChatTemplate> chatTemplate() {
        return chatTemplate;
    }

    /** What the model's makers recommend for sampling. */
    public GenerationConfig generationConfig() {
        return generationConfig;
    }

    /** What is served, on what. */
    public LlmInfo info() {
        return info;
    }

    /** From token ids to tokens, for callers that have no use for text. */
    public Engine engine() {
        return engine;
    }

    /** A consistent snapshot of the engine, at most one step old. */
    public EngineStats stats() {
        return engine.stats();
    }

    /** A request for one continuation of {@code prompt}, as the model wants texts to begin. */
    public GenerationRequest request(String prompt, SamplingParams sampling) {
        String id = "llm-" + requests.incrementAndGet();
        return GenerationRequest.of(id, tokenizer.encode(prompt, SpecialTokens.ADD), sampling);
    }

    /**
     * Hands a request over and returns at once. The listener gets its events in order, one at a time, on a virtual thread, and may block.
     */
    public Generation submit(GenerationRequest request, Consumer<TextEvent> listener) {
        CompletableFuture<Generation> generation = new CompletableFuture<>();
        TextStream stream =
                new TextStream(request, tokenizer, choice -> generation.join().cancelChoice(choice), listener);
        generation.complete(engine.submit(request, stream));
        return generation.join();
    }

    /**
     * The text that follows {@code prompt}. Waits for it.
     *
     * @param sampling with one choice
     * @throws GenerationException if the request is refused or fails, or the waiting thread is interrupted; that cancels the request
     */
    public String generate(String prompt, SamplingParams sampling) {
        try (Stream<String> pieces = stream(prompt, sampling)) {
            return pieces.collect(Collectors.joining());
        }
    }

    /**
     * The text that follows {@code prompt}, piece by piece, as it is generated. To be closed: that cancels what has not been read. A
     * terminal operation waits for the pieces, and throws what {@link #generate} throws.
     *
     * @param sampling with one choice
     * @throws IllegalArgumentException if more choices are asked for
     */
    public Stream<String> stream(String prompt, SamplingParams sampling) {
        if (sampling.n() != 1) {
            throw new IllegalArgumentException(
                    "n is %d, but a text has one continuation; submit a request to get several"
                            .formatted(sampling.n()));
        }
        TextPieces pieces = new TextPieces();
        return pieces.stream(submit(request(prompt, sampling), pieces));
    }

    /** Refuses new requests and waits until the running ones have ended; returns whether they have. */
    public boolean drain(Duration atMost) throws InterruptedException {
        return engine.drain(atMost);
    }

    /** Fails what runs, and frees the device. */
    @Override
    public void close() {
        resources.close();
    }
}
