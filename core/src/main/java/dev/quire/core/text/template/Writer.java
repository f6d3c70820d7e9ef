package dev.quire.core.text.template;

/** Text under construction, charged to the budget as it grows. */
final class Writer {

    private final StringBuilder text = new StringBuilder();
    private final Budget budget;
    private int charged;

    Writer(Budget budget) {
        this.budget = budget;
    }

    Writer append(String piece) {
        if (text.length() + (long) piece.length() > budget.maxChars()) {
            budget.chars(text.length() + (long) piece.length());
        }
        text.append(piece);
        if (text.length() - charged >= 64) {
            budget.spend((text.length() - charged) / 8);
            charged = text.length();
        }
        return this;
    }

    Writer append(char unit) {
        return append(String.valueOf(unit));
    }

    Writer appendCodePoint(int codePoint) {
        return append(Character.toString(codePoint));
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
