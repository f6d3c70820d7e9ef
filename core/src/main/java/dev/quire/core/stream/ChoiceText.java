package dev.quire.core.stream;

import dev.quire.core.request.FinishReason;
import dev.quire.core.request.SampledToken;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.SamplingParams.Stopping;
import dev.quire.core.request.TextEvent;
import dev.quire.core.request.TokenEvent;
import dev.quire.core.text.DetokenizerOptions;
import dev.quire.core.text.DetokenizerOptions.Spacing;
import dev.quire.core.text.SpecialText;
import dev.quire.core.text.StopStringMatcher;
import dev.quire.core.text.StopStringMatcher.Match;
import dev.quire.core.text.StopStringMatcher.Released;
import dev.quire.core.text.StopStringMatcher.StopText;
import dev.quire.core.text.StreamingDetokenizer;
import dev.quire.core.text.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One choice's way from tokens to text. Used by one thread at a time. */
final class ChoiceText {
    private final int choice;
    private final Stopping stopping;
    private final StreamingDetokenizer detokenizer;
    private final StopStringMatcher matcher;
    private final Consumer<TextEvent> listener;
    private int tokens;
    private boolean ended;

    ChoiceText(int choice, SamplingParams sampling, Tokenizer tokenizer, Consumer<TextEvent> listener) {
        this.choice = choice;
        this.stopping = sampling.stopping();
        this.listener = listener;
        var wanted = sampling.detokenization();
        this.detokenizer = tokenizer.detokenizer(DetokenizerOptions.DEFAULTS
                .with(wanted.skipSpecialTokens() ? SpecialText.SKIP : SpecialText.SHOW)
                .with(wanted.spacesBetweenSpecialTokens() ? Spacing.AS_DECODED : Spacing.NONE));
        boolean kept = stopping.includeInOutput() == Stopping.StopText.KEPT;
        this.matcher = new StopStringMatcher(stopping.strings(), kept ? StopText.INCLUDE : StopText.EXCLUDE);
    }

    /** Tokens delivered so far; those that came after a stop string do not count. */
    int tokens() {
        return tokens;
    }

    /** Takes the next token; returns whether its text completes a stop string, which ends the choice. */
    boolean accept(SampledToken token, TokenEvent.Role role) {
        if (ended) {
            return false; // it was on its way when the stop string was found
        }
        tokens++;
        String text = hides(role) ? "" : detokenizer.push(token.id());
        Released released = release(text);
        listener.accept(new TextEvent.Delta(choice, released.text(), List.of(token)));
        released.match().ifPresent(this::stopped);
        return ended;
    }

    /** The engine has ended the choice. */
    void finish(FinishReason reason, Optional<Integer> stopToken) {
        if (ended) {
            return; // by a stop string; the engine reports the cancellation that followed
        }
        Released last = release(detokenizer.finish());
        String text = last.text() + matcher.finish();
        if (!text.isEmpty()) {
            listener.accept(new TextEvent.Delta(choice, text, List.of()));
        }
        last.match().ifPresent(this::stopped);
        if (!ended) {
            ended = true;
            listener.accept(new TextEvent.ChoiceFinished(choice, reason, stopToken.map(TextEvent.Stop.Token::new)));
        }
    }

    /** Stop strings count only in the text of tokens after the first {@code min_tokens}. */
    private Released release(String text) {
        return tokens > stopping.minTokens() ? matcher.push(text) : new Released(matcher.pass(text), Optional.empty());
    }

    /** A token that ends the choice leaves no text, unless what stops a choice is kept. */
    private boolean hides(TokenEvent.Role role) {
        return role == TokenEvent.Role.STOP && stopping.includeInOutput() == Stopping.StopText.REMOVED;
    }

    private void stopped(Match match) {
        ended = true;
        listener.accept(new TextEvent.ChoiceFinished(
                choice, FinishReason.STOP, Optional.of(new TextEvent.Stop.Text(match.stop()))));
    }
}
