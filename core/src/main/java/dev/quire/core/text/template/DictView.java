package dev.quire.core.text.template;

import java.util.List;

/** What {@code dict.keys()}, {@code dict.values()} and {@code dict.items()} return: sized and iterable, not indexed. */
record DictView(DictValue dict, Part part, List<Value> elements) implements Value {

    /** Which part of the entries a view shows. */
    enum Part {
        KEYS("dict_keys"),
        VALUES("dict_values"),
        ITEMS("dict_items");

        private final String typeName;

        Part(String typeName) {
            this.typeName = typeName;
        }
    }

    @Override
    public String typeName() {
        return part.typeName;
    }

    @Override
    public boolean truth() {
        return !elements.isEmpty();
    }
}
