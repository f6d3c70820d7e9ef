package dev.quire.core.text.template;

import java.util.Iterator;

/** Elements that are made as they are asked for, once; filters such as {@code map} return these, as Python's return generators. */
final class IteratorValue implements Value {

    private final String typeName;
    private final Iterator<Value> elements;

    IteratorValue(String typeName, Iterator<Value> elements) {
        this.typeName = typeName;
        this.elements = elements;
    }

    static IteratorValue generator(Iterator<Value> elements) {
        return new IteratorValue("generator", elements);
    }

    Iterator<Value> elements() {
        return elements;
    }

    @Override
    public String typeName() {
        return typeName;
    }

    @Override
    public boolean truth() {
        return true;
    }
}
