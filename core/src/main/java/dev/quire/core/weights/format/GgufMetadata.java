package dev.quire.core.weights.format;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The key-value pairs of a GGUF file, asked for by key and type. A wrong type is an error that names the key, what was expected and what was
 * found; there are no conversions but between integers of different width.
 *
 * <p>Arrays are read from the file at each call; after it is closed they can no longer be asked for.
 */
public final class GgufMetadata {
    private final String file;
    private final Map<String, GgufValue> values;

    GgufMetadata(String file, Map<String, GgufValue> values) {
        this.file = file;
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The keys in the order of the file. */
    public Set<String> keys() {
        return values.keySet();
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** Whether {@code key} is there and holds an array. */
    public boolean isArray(String key) {
        return values.get(key) instanceof GgufValue.Items;
    }

    public String text(String key) {
        return value(key) instanceof GgufValue.Text text ? text.value() : refuse(key, "string");
    }

    public String text(String key, String orElse) {
        return has(key) ? text(key) : orElse;
    }

    public boolean flag(String key) {
        return value(key) instanceof GgufValue.Bool bool ? bool.value() : refuse(key, "bool");
    }

    public boolean flag(String key, boolean orElse) {
        return has(key) ? flag(key) : orElse;
    }

    /** A whole number of any width that fits an int. */
    public int integer(String key) {
        return value(key) instanceof GgufValue.Int number ? fitting(key, number) : this.<Integer>refuse(key, "integer");
    }

    public int integer(String key, int orElse) {
        return has(key) ? integer(key) : orElse;
    }

    public double real(String key) {
        return value(key) instanceof GgufValue.Real number ? number.value() : this.<Double>refuse(key, "float");
    }

    public double real(String key, double orElse) {
        return has(key) ? real(key) : orElse;
    }

    /** An array of strings. */
    public List<String> texts(String key) {
        return array(key, "array of string", value -> value instanceof GgufValue.Text text ? text.value() : null);
    }

    /** An array of whole numbers that fit ints. */
    public int[] integers(String key) {
        String expected = "array of integer";
        return array(key, expected, v -> v instanceof GgufValue.Int number ? fitting(key, number) : null).stream()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** An array of numbers with fractions. */
    public double[] reals(String key) {
        return array(key, "array of float", v -> v instanceof GgufValue.Real number ? number.value() : null).stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    /** An array of truth values. */
    public List<Boolean> flags(String key) {
        return array(key, "array of bool", value -> value instanceof GgufValue.Bool bool ? bool.value() : null);
    }

    /** The keys that begin with {@code prefix}, with strings, numbers, booleans and lists of them for values; nested arrays are left out. */
    public Map<String, Object> plain(String prefix) {
        Map<String, Object> plain = new LinkedHashMap<>();
        for (String key : values.keySet()) {
            if (key.startsWith(prefix) && !isNested(key)) {
                plain.put(key, plain(value(key), key));
            }
        }
        return Collections.unmodifiableMap(plain);
    }

    private boolean isNested(String key) {
        return value(key) instanceof GgufValue.Items items && items.elementType() == GgufType.ARRAY;
    }

    private Object plain(GgufValue value, String key) {
        return switch (value) {
            case GgufValue.Int number -> number.value();
            case GgufValue.Real number -> number.value();
            case GgufValue.Bool bool -> bool.value();
            case GgufValue.Text text -> text.value();
            case GgufValue.Items _ -> array(key, "array", item -> plain(item, key));
        };
    }

    private <T> List<T> array(String key, String expected, Function<GgufValue, T> unwrap) {
        if (!(value(key) instanceof GgufValue.Items items)) {
            return refuse(key, expected);
        }
        GgufCursor cursor = new GgufCursor(items.bytes(), new FileReport(file));
        List<T> unwrapped = new ArrayList<>(items.count());
        for (int i = 0; i < items.count(); i++) {
            T item = unwrap.apply(cursor.value(items.elementType(), key));
            unwrapped.add(item == null ? refuse(key, expected) : item);
        }
        return Collections.unmodifiableList(unwrapped);
    }

    private int fitting(String key, GgufValue.Int number) {
        if (number.value() != (int) number.value() || isHuge(number)) {
            String value = isHuge(number) ? Long.toUnsignedString(number.value()) : Long.toString(number.value());
            throw new FileReport(file).refused("metadata '%s' is %s; expected at most 31 bits", key, value);
        }
        return (int) number.value();
    }

    private static boolean isHuge(GgufValue.Int number) {
        return number.type() == GgufType.UINT64 && number.value() < 0;
    }

    private GgufValue value(String key) {
        GgufValue value = values.get(key);
        if (value == null) {
            throw new FileReport(file)
                    .refused("metadata '%s' is missing; the file has %d other keys: %s", key, values.size(), some());
        }
        return value;
    }

    private String some() {
        String first = String.join(
                ", ", values.keySet().stream().limit(10).map(FileReport::quote).toList());
        return values.size() > 10 ? first + ", …" : first;
    }

    private <T> T refuse(String key, String expected) {
        throw new FileReport(file)
                .refused(
                        "metadata '%s' is of type %s; expected %s",
                        key, value(key).description(), expected);
    }
}
