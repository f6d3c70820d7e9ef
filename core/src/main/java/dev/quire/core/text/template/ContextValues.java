package dev.quire.core.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns what a caller passes, JSON-like Java values, into values of the template; anything else is refused. */
final class ContextValues {

    private final Sandbox sandbox;

    private ContextValues(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    static void define(Map<String, Object> context, Scope scope, Sandbox sandbox) {
        ContextValues values = new ContextValues(sandbox);
        context.forEach((name, value) -> scope.set(name, values.convert(value, name)));
    }

    private Value convert(Object value, String path) {
        sandbox.budget().enter();
        Value converted = switch (value) {
            case null -> NoneValue.NONE;
            case String text -> new TextValue(text);
            case Boolean bool -> BoolValue.of(bool);
            case BigInteger number -> new IntValue(number);
            case BigDecimal number -> new FloatValue(number.doubleValue());
            case Double number -> new FloatValue(number);
            case Float number -> new FloatValue(number);
            case Long _, Integer _, Short _, Byte _ -> IntValue.of(((Number) value).longValue());
            case List<?> list -> list(list, path);
            case Map<?, ?> map -> map(map, path);
            default ->
                throw new IllegalArgumentException("Context value at '" + path + "' is a "
                        + value.getClass().getName() + ". Pass Map, List, String, Boolean, a number or null.");
        };
        sandbox.budget().leave();
        return converted;
    }

    private Value list(List<?> list, String path) {
        List<Value> elements = new ArrayList<>(list.size());
        for (Object element : list) {
            elements.add(convert(element, path + "[" + elements.size() + "]"));
        }
        return sandbox.list(elements);
    }

    private Value map(Map<?, ?> map, String path) {
        LinkedHashMap<Object, DictValue.Entry> entries = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new IllegalArgumentException(
                        "Context map at '" + path + "' has the key " + key + ", which is no string.");
            }
            DictValue.put(entries, new TextValue(name), convert(value, path + "." + name));
        });
        return sandbox.dict(entries);
    }
}
