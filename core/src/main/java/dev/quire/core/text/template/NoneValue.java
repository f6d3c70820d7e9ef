package dev.quire.core.text.template;

/** Python's {@code None}, JSON's {@code null}. */
enum NoneValue implements Value {
    NONE;

    @Override
    public String typeName() {
        return "NoneType";
    }

    @Override
    public boolean truth() {
        return false;
    }
}
