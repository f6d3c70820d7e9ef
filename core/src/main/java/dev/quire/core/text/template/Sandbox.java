package dev.quire.core.text.template;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes every value of one rendering and charges it to the budget. Owned by the thread that renders. */
final class Sandbox {

    private final Budget budget;
    private final Clock clock;

    Sandbox(TemplateLimits limits, Clock clock) {
        this.budget = new Budget(limits);
        this.clock = clock;
    }

    Budget budget() {
        return budget;
    }

    Clock clock() {
        return clock;
    }

    TextValue text(String text) {
        budget.chars(text.length());
        return new TextValue(text);
    }

    /** A string that is markup where {@code like} is. */
    TextValue text(String text, TextValue like) {
        budget.chars(text.length());
        return new TextValue(text, like.markup());
    }

    ListValue list(List<? extends Value> elements) {
        budget.items(elements.size());
        List<Value> copy = List.copyOf(elements);
        Shape shape = Shape.around(copy);
        budget.admit(shape);
        return new ListValue(copy, shape);
    }

    TupleValue tuple(List<? extends Value> elements) {
        return tuple(elements, List.of());
    }

    /** A tuple whose elements have names too. */
    TupleValue tuple(List<? extends Value> elements, List<String> names) {
        ListValue list = list(elements);
        return new TupleValue(list.elements(), list.shape(), names);
    }

    TupleValue pair(Value first, Value second) {
        return tuple(List.of(first, second));
    }

    DictValue dict(LinkedHashMap<Object, DictValue.Entry> entries) {
        budget.items(entries.size());
        Shape shape = DictValue.shapeOf(entries);
        budget.admit(shape);
        return new DictValue(entries, shape);
    }

    DictValue dict(Map<String, Value> named) {
        LinkedHashMap<Object, DictValue.Entry> entries = new LinkedHashMap<>();
        named.forEach((name, value) -> DictValue.put(entries, new TextValue(name), value));
        return dict(entries);
    }

    DictView view(DictValue dict, DictView.Part part) {
        return new DictView(
                dict,
                part,
                switch (part) {
                    case KEYS -> dict.keys();
                    case VALUES -> dict.values();
                    case ITEMS -> items(dict);
                });
    }

    /** The entries of a dictionary as pairs. */
    List<Value> items(DictValue dict) {
        List<Value> pairs = new ArrayList<>(dict.entries().size());
        dict.entries().values().forEach(entry -> pairs.add(pair(entry.key(), entry.value())));
        return pairs;
    }

    /** All elements of an iterable value. */
    List<Value> drain(Value value) {
        List<Value> elements = new ArrayList<>();
        Iterator<Value> iterator = Convert.iterate(value);
        while (iterator.hasNext()) {
            budget.spend(1);
            elements.add(iterator.next());
        }
        return elements;
    }

    /** {@code str(value)}. */
    String str(Value value) {
        return value instanceof TextValue text ? text.text() : Repr.str(value, this);
    }

    /** Equality, charged by the size of what is compared. */
    boolean equal(Value left, Value right) {
        budget.spend(Math.min(Shape.of(left).weight(), Shape.of(right).weight()));
        return Equality.equal(left, right);
    }
}
