package dev.quire.core.text.template;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The variables of a template, a loop's iteration or a macro's call, inside those around it. An assignment stays in its scope. */
final class Scope {

    private final Optional<Scope> parent;
    private final Map<String, Value> variables = new HashMap<>();

    private Scope(Optional<Scope> parent) {
        this.parent = parent;
    }

    static Scope outermost() {
        return new Scope(Optional.empty());
    }

    Scope inner() {
        return new Scope(Optional.of(this));
    }

    void set(String name, Value value) {
        variables.put(name, value);
    }

    Value get(String name) {
        Scope scope = this;
        while (true) {
            Value value = scope.variables.get(name);
            if (value != null) {
                return value;
            }
            if (scope.parent.isEmpty()) {
                return UndefinedValue.name(name);
            }
            scope = scope.parent.get();
        }
    }
}
