package dev.quire.core.text.template;

import java.util.List;

/** A list, a tuple or a range: ordered, indexed, sized. */
sealed interface SequenceValue extends Value permits ListValue, TupleValue, RangeValue {

    /** The elements in order; unmodifiable, lazily made for a range. */
    List<Value> elements();

    @Override
    default boolean truth() {
        return !elements().isEmpty();
    }
}
