package dev.quire.core.text.template;

import java.util.List;
import java.util.Optional;

/**
 * A tuple; made by {@link Sandbox#tuple}.
 *
 * @param names what its elements can be read as too, in order; empty for most
 */
record TupleValue(List<Value> elements, Shape shape, List<String> names) implements SequenceValue {

    Optional<Value> named(String name) {
        int index = names.indexOf(name);
        return index < 0 ? Optional.empty() : Optional.of(elements.get(index));
    }

    @Override
    public String typeName() {
        return "tuple";
    }
}
