package dev.quire.core.text.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An unmodifiable dictionary in order of insertion; made by {@link Sandbox#dict}. Keys are found by {@link Equality#key}. */
record DictValue(Map<Object, Entry> entries, Shape shape) implements Value {

    /** One key as it was first written, and its value. */
    record Entry(Value key, Value value) {}

    Optional<Value> get(Value key) {
        return Optional.ofNullable(entries.get(Equality.key(key))).map(Entry::value);
    }

    Optional<Value> get(String key) {
        return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    List<Value> keys() {
        return entries.values().stream().map(Entry::key).toList();
    }

    /** The keys in order, made as they are asked for. */
    Iterator<Value> keyIterator() {
        Iterator<Entry> all = entries.values().iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return all.hasNext();
            }

            @Override
            public Value next() {
                return all.next().key();
            }
        };
    }

    List<Value> values() {
        return entries.values().stream().map(Entry::value).toList();
    }

    /** The map that a new dictionary is built from. */
    static void put(LinkedHashMap<Object, Entry> entries, Value key, Value value) {
        entries.merge(
                Equality.key(key), new Entry(key, value), (before, after) -> new Entry(before.key(), after.value()));
    }

    static Shape shapeOf(Map<Object, Entry> entries) {
        List<Value> all = new ArrayList<>(entries.size() * 2);
        entries.values().forEach(entry -> {
            all.add(entry.key());
            all.add(entry.value());
        });
        return Shape.around(all);
    }

    @Override
    public String typeName() {
        return "dict";
    }

    @Override
    public boolean truth() {
        return !entries.isEmpty();
    }
}
