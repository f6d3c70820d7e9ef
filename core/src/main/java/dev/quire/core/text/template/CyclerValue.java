package dev.quire.core.text.template;

import java.util.List;

/** What {@code cycler(…)} makes: gives its items in turn, again from the first after the last. */
final class CyclerValue implements Value {

    private final List<Value> items;
    private int position;

    CyclerValue(List<Value> items) {
        this.items = items;
    }

    Value current() {
        return items.get(position);
    }

    Value next() {
        Value item = current();
        position = (position + 1) % items.size();
        return item;
    }

    void reset() {
        position = 0;
    }

    @Override
    public String typeName() {
        return "Cycler";
    }

    @Override
    public boolean truth() {
        return true;
    }
}
