package dev.quire.core.text.template;

import java.math.BigInteger;

/** An integer of any size up to {@link Arithmetic#MAX_BITS}. */
record IntValue(BigInteger value) implements Value {

    static IntValue of(long value) {
        return new IntValue(BigInteger.valueOf(value));
    }

    @Override
    public String typeName() {
        return "int";
    }

    @Override
    public boolean truth() {
        return value.signum() != 0;
    }
}
