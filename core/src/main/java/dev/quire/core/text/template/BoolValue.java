package dev.quire.core.text.template;

/** A boolean; in arithmetic 0 or 1, as in Python. */
enum BoolValue implements Value {
    TRUE,
    FALSE;

    static BoolValue of(boolean value) {
        return value ? TRUE : FALSE;
    }

    @Override
    public String typeName() {
        return "bool";
    }

    @Override
    public boolean truth() {
        return this == TRUE;
    }
}
