package dev.quire.core.text.template;

/** A double-precision number. */
record FloatValue(double value) implements Value {

    @Override
    public String typeName() {
        return "float";
    }

    @Override
    public boolean truth() {
        return value != 0;
    }
}
