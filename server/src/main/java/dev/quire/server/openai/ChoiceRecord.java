package dev.quire.server.openai;

import dev.quire.core.request.FinishReason;
import dev.quire.core.request.SampledToken;
import dev.quire.core.request.TextEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one choice has come to so far. Used on one Vert.x context. */
final class ChoiceRecord {
    private final StringBuilder text = new StringBuilder();
    private final List<SampledToken> tokens = new ArrayList<>();
    private Optional<Ending> ending = Optional.empty();

    /** How a choice ended. */
    record Ending(FinishReason reason, Optional<TextEvent.Stop> stop) {}

    void add(TextEvent.Delta delta) {
        text.append(delta.text());
        tokens.addAll(delta.tokens());
    }

    void end(TextEvent.ChoiceFinished finished) {
        ending = Optional.of(new Ending(finished.reason(), finished.stop()));
    }

    String text() {
        return text.toString();
    }

    List<SampledToken> tokens() {
        return tokens;
    }

    /** How it ended; cut short if nothing said so. */
    Ending ending() {
        return ending.orElse(new Ending(FinishReason.ABORT, Optional.empty()));
    }
}
