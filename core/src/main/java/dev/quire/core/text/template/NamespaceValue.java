package dev.quire.core.text.template;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The one value that statements can modify: {@code {% set ns.found = true %}}. Lives as long as its rendering. */
final class NamespaceValue implements Value {

    private final Map<String, Value> attributes = new LinkedHashMap<>();

    Optional<Value> get(String name) {
        return Optional.ofNullable(attributes.get(name));
    }

    void set(String name, Value value) {
        if (name.startsWith("_")) {
            throw TemplateException.render(
                    "a namespace cannot have the attribute '" + name + "': rename it without the underscore.");
        }
        attributes.put(name, value);
    }

    Map<String, Value> attributes() {
        return attributes;
    }

    @Override
    public String typeName() {
        return "jinja2.utils.Namespace";
    }

    @Override
    public boolean truth() {
        return true;
    }
}
