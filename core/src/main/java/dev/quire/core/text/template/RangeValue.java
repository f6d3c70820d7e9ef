package dev.quire.core.text.template;

import java.util.AbstractList;
import java.util.List;

/** What {@code range} makes: {@code size} integers from {@code start} in steps of {@code step}. */
record RangeValue(long start, long stop, long step, int size) implements SequenceValue {

    @Override
    public List<Value> elements() {
        return new AbstractList<>() {
            @Override
            public Value get(int index) {
                return IntValue.of(start + step * index);
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    @Override
    public String typeName() {
        return "range";
    }
}
