package dev.quire.core.text.template;

import java.util.Map;
import java.util.function.Function;

/**
 * Something a template can call: a macro, a function of the environment or a method bound to a value.
 *
 * @param typeName how messages call it
 * @param name the name it was defined with
 * @param attributes what can be read from it, such as a macro's {@code name} and {@code arguments}
 * @param body what a call does
 */
record CallableValue(String typeName, String name, Map<String, Value> attributes, Function<Arguments, Value> body)
        implements Value {

    static CallableValue function(String name, Function<Arguments, Value> body) {
        return new CallableValue("function", name, Map.of(), body);
    }

    @Override
    public boolean truth() {
        return true;
    }
}
