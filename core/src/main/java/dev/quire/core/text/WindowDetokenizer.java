package dev.quire.core.text;

import dev.quire.core.text.DetokenizerOptions.Spacing;
import dev.quire.core.text.DetokenizerOptions.Start;
import java.util.ArrayList;
import java.util.List;

/**
 * The stream of tokenizers whose decoder looks at neighbours (WordPiece, Metaspace): decodes a short window of tokens with and without the
 * newest ones, and gives out the difference. Exact for decoders that look one token back.
 */
final class WindowDetokenizer implements StreamingDetokenizer {
    /** After so many tokens without a whole character, U+FFFD is the text and not a character in pieces. */
    private static final int PATIENCE = 8;

    private final Tokenizer tokenizer;
    private final DetokenizerOptions options;
    private final List<Integer> window = new ArrayList<>();
    private int read;
    private boolean started;
    private boolean afterAdded;

    WindowDetokenizer(Tokenizer tokenizer, DetokenizerOptions options) {
        this.tokenizer = tokenizer;
        this.options = options;
        this.started = options.start() == Start.BEGINNING;
    }

    @Override
    public String push(int id) {
        if (!tokenizer.has(id) || options.special() == SpecialText.SKIP && tokenizer.isSpecial(id)) {
            return "";
        }
        boolean added = tokenizer.isAdded(id);
        boolean bare = added && afterAdded && options.spacing() == Spacing.NONE;
        afterAdded = added;
        if (bare) {
            String held = finish();
            window.add(id);
            read = window.size();
            return held + tokenizer.piece(id);
        }
        if (!started) {
            // As a neighbour of itself a token shows the space that it has in the middle of a text.
            window.add(id);
            read = 1;
            started = true;
        }
        window.add(id);
        return release(window.size() - read >= PATIENCE);
    }

    @Override
    public String finish() {
        return release(true);
    }

    private String release(boolean all) {
        String before = decode(window.subList(0, read));
        String now = decode(window);
        boolean grown = now.length() > before.length();
        if (!all && (!grown || now.endsWith("\uFFFD"))) {
            return "";
        }
        window.subList(0, read).clear();
        read = window.size();
        return grown ? now.substring(before.length()) : "";
    }

    private String decode(List<Integer> ids) {
        return tokenizer.decodeByLibrary(
                ids.stream().mapToInt(Integer::intValue).toArray());
    }
}
