package dev.quire.conformance.metamorphic;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Sequences of a scene. A sequence may begin as another one does.
 *
 * @param all by number
 */
record Texts(List<Text> all) {
    Texts {
        all = List.copyOf(all);
    }

    /**
     * A sequence.
     *
     * @param length tokens
     * @param like the earlier sequence that it begins like
     * @param shared tokens that both have
     */
    record Text(int length, int like, int shared) {}

    /** Sequences of these lengths that have nothing in common. */
    static Texts of(int... lengths) {
        return new Texts(IntStream.of(lengths).mapToObj(n -> new Text(n, 0, 0)).toList());
    }

    /** These and one more, that begins like another. */
    Texts and(int length, int like, int shared) {
        List<Text> more = new java.util.ArrayList<>(all);
        more.add(new Text(length, like, shared));
        return new Texts(more);
    }

    int count() {
        return all.size();
    }

    int length(int sequence) {
        return all.get(sequence).length();
    }

    int longest() {
        return all.stream().mapToInt(Text::length).max().orElse(0);
    }

    /** The sequence whose content stands at a position. */
    int owner(int sequence, int position) {
        Text text = all.get(sequence);
        return position < text.shared() ? owner(text.like(), position) : sequence;
    }
}
