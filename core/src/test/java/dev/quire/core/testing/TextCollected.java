package dev.quire.core.testing;

import dev.quire.core.request.FinishReason;
import dev.quire.core.request.SampledToken;
import dev.quire.core.request.TextEvent;
import dev.quire.core.request.TokenLogprobs;
import dev.quire.core.request.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Everything that a request's text listener was told; fails if events overlap or come after the end. */
public final class TextCollected implements Consumer<TextEvent> {
    /** What one choice got. */
    public static final class OneChoice {
        public final StringBuilder text = new StringBuilder();
        public final List<SampledToken> tokens = new ArrayList<>();
        public Optional<TextEvent.ChoiceFinished> finish = Optional.empty();

        public List<Integer> ids() {
            return tokens.stream().map(SampledToken::id).toList();
        }
    }

    public final List<Optional<TokenLogprobs>> promptScores = new ArrayList<>();
    private final Map<Integer, OneChoice> choices = new TreeMap<>();
    private final CompletableFuture<TextEvent> end = new CompletableFuture<>();

    @Override
    public synchronized void accept(TextEvent event) {
        if (end.isDone()) {
            end.obtrudeException(new AssertionError("after the end came " + event));
            return;
        }
        switch (event) {
            case TextEvent.PromptScored(var tokens) -> promptScores.addAll(tokens);
            case TextEvent.Delta(int choice, String text, var tokens) -> {
                OneChoice one = open(choice);
                one.text.append(text);
                one.tokens.addAll(tokens);
            }
            case TextEvent.ChoiceFinished finished -> open(finished.choice()).finish = Optional.of(finished);
            case TextEvent.Completed completed -> end.complete(completed);
            case TextEvent.Refused refused -> end.complete(refused);
            case TextEvent.Failed failed -> end.complete(failed);
        }
    }

    private OneChoice open(int choice) {
        OneChoice one = choices.computeIfAbsent(choice, c -> new OneChoice());
        if (one.finish.isPresent()) {
            end.completeExceptionally(new AssertionError("choice " + choice + " went on after " + one.finish));
        }
        return one;
    }

    /** Waits for the last event. */
    public TextEvent end() {
        return end.orTimeout(10, TimeUnit.MINUTES).join();
    }

    public Usage usage() {
        return ((TextEvent.Completed) end()).usage();
    }

    /** Waits for the end and gives what choice {@code choice} got. */
    public OneChoice choice(int choice) {
        end();
        return choices.getOrDefault(choice, new OneChoice());
    }

    public FinishReason reason(int choice) {
        return choice(choice).finish.orElseThrow().reason();
    }
}
