package dev.quire.server.openai;

import dev.quire.core.text.SpecialTokens;
import dev.quire.core.text.Tokenizer;
import dev.quire.server.contract.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The token sequences that spell a word: at the beginning of a text, and after a space where that is one other token. */
final class WordTokens {
    private final Tokenizer tokenizer;

    WordTokens(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    List<List<Integer>> spellings(List<String> words) {
        List<List<Integer>> spellings = new ArrayList<>();
        for (String word : words) {
            String bare = word.stripLeading();
            if (bare.isEmpty()) {
                throw ApiException.badRequest("bad_words", "bad_words holds a blank word; leave it out.");
            }
            int[] first = tokenizer.encode(bare, SpecialTokens.PARSE);
            int[] later = tokenizer.encode(" " + bare, SpecialTokens.PARSE);
            spellings.add(list(first));
            if (later.length == first.length && later[0] != first[0]) {
                spellings.add(list(later));
            }
        }
        return spellings;
    }

    private static List<Integer> list(int[] ids) {
        return IntStream.of(ids).boxed().toList();
    }
}
