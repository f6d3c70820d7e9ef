package dev.quire.core.sampling;

import java.util.List;
import java.util.function.IntConsumer;

/** Token sequences that may not be completed: the last token of each is banned where the others have just come. */
final class BadWords {
    private final List<List<Integer>> words;

    BadWords(List<List<Integer>> words) {
        this.words = words;
    }

    /** Whether a ban depends on the tokens before. */
    boolean readHistory() {
        return words.stream().anyMatch(word -> word.size() > 1);
    }

    /** Hands over each token that the history forbids next. */
    void banned(History history, IntConsumer ban) {
        for (List<Integer> word : words) {
            if (!word.isEmpty() && endsWithPrefixOf(word, history)) {
                ban.accept(word.getLast());
            }
        }
    }

    private static boolean endsWithPrefixOf(List<Integer> word, History history) {
        int prefix = word.size() - 1;
        if (history.length() < prefix) {
            return false;
        }
        for (int i = 0; i < prefix; i++) {
            if (history.token(history.length() - prefix + i) != word.get(i)) {
                return false;
            }
        }
        return true;
    }
}
