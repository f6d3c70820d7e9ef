package dev.quire.core.text.template;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/** An iterator that finds its next element only when asked whether there is one. */
abstract class LookaheadIterator implements Iterator<Value> {

    private final Budget budget;
    private Optional<Value> next = Optional.empty();
    private boolean exhausted;

    /** Iterators can feed one another, so finding an element counts as nesting. */
    LookaheadIterator(Sandbox sandbox) {
        this.budget = sandbox.budget();
    }

    /** The next element, or none at the end. */
    abstract Optional<Value> find();

    @Override
    public final boolean hasNext() {
        if (next.isEmpty() && !exhausted) {
            budget.enter();
            next = find();
            budget.leave();
            exhausted = next.isEmpty();
        }
        return next.isPresent();
    }

    @Override
    public final Value next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Value value = next.orElseThrow();
        next = Optional.empty();
        return value;
    }
}
