package dev.quire.core.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the first stop string in text that comes in pieces, and lets text through only when it cannot begin one. The first is the one that ends
 * first; of several that end together, the longest. However the text is cut, the outcome is the same. Aho and Corasick 1975, over code points.
 *
 * <p>One sequence, one thread at a time; cost per character does not depend on the number of stop strings.
 */
public final class StopStringMatcher {
    /** Whether the stop string itself reaches the client. */
    public enum StopText {
        /** The text ends before it. */
        EXCLUDE,
        /** The text ends with it. */
        INCLUDE
    }

    /**
     * A stop string that was found.
     *
     * @param stop the stop string
     * @param start where it begins, in UTF-16 characters from the beginning of all text
     */
    public record Match(String stop, long start) {}

    /**
     * What a piece of text released.
     *
     * @param text text that may be sent on
     * @param match the stop string that ended the text, if one did
     */
    public record Released(String text, Optional<Match> match) {}

    private static final class State {
        final Map<Integer, State> next = new HashMap<>();
        /** UTF-16 length of the text that leads here. */
        final int length;
        /** The state of the longest proper suffix that is a prefix of a stop string; the root's is itself. */
        State suffix = this;
        /** The longest stop string that ends here; empty if none does. */
        String stop = "";

        State(int length) {
            this.length = length;
        }
    }

    private final State root = new State(0);
    private final StopText stopText;
    private final StringBuilder held = new StringBuilder();
    private State state = root;
    private long released;
    private Optional<Match> match = Optional.empty();

    /**
     * @param stops the stop strings; none lets everything through
     * @throws IllegalArgumentException if a stop string is empty
     */
    public StopStringMatcher(List<String> stops, StopText stopText) {
        this.stopText = stopText;
        stops.forEach(this::insert);
        link();
    }

    private void insert(String stop) {
        if (stop.isEmpty()) {
            throw new IllegalArgumentException(
                    "A stop string is empty, and would stop every text at once. Leave it out, or name some text.");
        }
        State at = root;
        for (int c : stop.codePoints().toArray()) {
            int length = at.length + Character.charCount(c);
            at = at.next.computeIfAbsent(c, _ -> new State(length));
        }
        at.stop = stop;
    }

    private void link() {
        List<State> order = new ArrayList<>();
        ArrayDeque<State> queue = new ArrayDeque<>(root.next.values());
        root.next.values().forEach(child -> child.suffix = root);
        while (!queue.isEmpty()) {
            State from = queue.remove();
            order.add(from);
            from.next.forEach((c, child) -> {
                child.suffix = follow(from.suffix, c);
                queue.add(child);
            });
        }
        for (State each : order) {
            if (each.stop.isEmpty()) {
                each.stop = each.suffix.stop;
            }
        }
    }

    private State follow(State from, int c) {
        State at = from;
        while (at != root && !at.next.containsKey(c)) {
            at = at.suffix;
        }
        return at.next.getOrDefault(c, root);
    }

    /** Takes the next piece of text, which ends within no character. Text after a match is dropped. */
    public Released push(String text) {
        int i = 0;
        while (i < text.length() && match.isEmpty()) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            held.appendCodePoint(c);
            state = follow(state, c);
            if (!state.stop.isEmpty()) {
                return stop(state.stop);
            }
        }
        return new Released(match.isPresent() ? "" : take(held.length() - state.length), Optional.empty());
    }

    private Released stop(String stop) {
        int start = held.length() - stop.length();
        match = Optional.of(new Match(stop, released + start));
        return new Released(take(stopText == StopText.INCLUDE ? held.length() : start), match);
    }

    /** Takes text in which stop strings do not count, as for the first {@code min_tokens}; none begins in it. Lets all of it through. */
    public String pass(String text) {
        if (match.isPresent()) {
            return "";
        }
        held.append(text);
        state = root;
        return take(held.length());
    }

    /** Lets through what was held back: the text has ended without a stop string. */
    public String finish() {
        state = root;
        return match.isPresent() ? "" : take(held.length());
    }

    /** The stop string that ended the text, if one did. */
    public Optional<Match> match() {
        return match;
    }

    private String take(int length) {
        String text = held.substring(0, length);
        held.delete(0, length);
        released += length;
        return text;
    }
}
