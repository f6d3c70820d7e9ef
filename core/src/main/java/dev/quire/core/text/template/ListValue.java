package dev.quire.core.text.template;

import java.util.List;

/** An unmodifiable list; made by {@link Sandbox#list}. */
record ListValue(List<Value> elements, Shape shape) implements SequenceValue {

    @Override
    public String typeName() {
        return "list";
    }
}
