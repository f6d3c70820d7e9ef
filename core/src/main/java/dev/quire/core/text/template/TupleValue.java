package dev.quire.core.text.template;

import java.util.List;

/** A tuple; made by {@link Sandbox#tuple}. */
record TupleValue(List<Value> elements, Shape shape) implements SequenceValue {

    @Override
    public String typeName() {
        return "tuple";
    }
}
