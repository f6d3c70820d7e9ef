package dev.quire.core.text.template;

import java.util.Iterator;
import java.util.Optional;
import java.util.function.Supplier;

/** Elements of something that is looked at only when the first is asked for, so that what cannot be iterated fails only then. */
final class DeferredIterator implements Iterator<Value> {

    private final Supplier<Iterator<Value>> source;
    private Optional<Iterator<Value>> elements = Optional.empty();

    DeferredIterator(Supplier<Iterator<Value>> source) {
        this.source = source;
    }

    private Iterator<Value> elements() {
        if (elements.isEmpty()) {
            elements = Optional.of(source.get());
        }
        return elements.get();
    }

    @Override
    public boolean hasNext() {
        return elements().hasNext();
    }

    @Override
    public Value next() {
        return elements().next();
    }
}
