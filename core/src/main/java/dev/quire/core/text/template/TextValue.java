package dev.quire.core.text.template;

/**
 * A string. Lengths and indexes that a template sees count code points.
 *
 * @param text the characters
 * @param markup whether a filter marked it safe for HTML: text added to it is escaped then
 */
record TextValue(String text, boolean markup) implements Value {

    static final TextValue EMPTY = new TextValue("");

    TextValue(String text) {
        this(text, false);
    }

    @Override
    public String typeName() {
        return markup ? "Markup" : "str";
    }

    @Override
    public boolean truth() {
        return !text.isEmpty();
    }
}
