package dev.quire.core.text;

import dev.quire.core.text.DetokenizerOptions.Start;

/** The stream of tokenizers whose pieces spell bytes: appends each token's bytes, holds back at most three. */
final class ByteDetokenizer implements StreamingDetokenizer {
    private final TokenTable table;
    private final SpecialText special;
    private final Utf8Accumulator utf8;
    private final StringBuilder out = new StringBuilder();
    private boolean dropsSpace;

    ByteDetokenizer(
            TokenTable table,
            DetokenizerOptions options,
            Utf8Accumulator.Replacement replacement,
            boolean stripsFirstSpace) {
        this.table = table;
        this.special = options.special();
        this.utf8 = new Utf8Accumulator(replacement);
        this.dropsSpace = stripsFirstSpace && options.start() == Start.BEGINNING;
    }

    @Override
    public String push(int id) {
        if (special == SpecialText.SKIP && table.isSpecial(id)) {
            return "";
        }
        utf8.append(table.bytes(id), out);
        return take();
    }

    @Override
    public String finish() {
        utf8.finish(out);
        return take();
    }

    private String take() {
        if (out.isEmpty()) {
            return "";
        }
        String text = out.substring(dropsSpace && out.charAt(0) == ' ' ? 1 : 0);
        dropsSpace = false;
        out.setLength(0);
        return text;
    }
}
