package dev.quire.core.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Typed access to a checkpoint's config: {@code config.json} of the Hugging Face layout, or GGUF metadata under the same keys. A JSON null
 * counts as absent.
 */
public final class ModelConfig {
    private final Map<String, Object> values;
    private final String where;

    /**
     * @param values numbers, strings, booleans, lists and maps
     * @param where names the config in messages
     */
    public ModelConfig(Map<String, ?> values, String where) {
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        this.where = where;
    }

    /** The names of the architectures that the checkpoint says it is. */
    public List<String> architectures() {
        return get("architectures", List.class)
                .map(list -> ((List<?>) list).stream().map(String::valueOf).toList())
                .orElse(List.of());
    }

    /** Whether the key is there and not null. */
    public boolean has(String key) {
        return values.get(key) != null;
    }

    public int integer(String key) {
        return optionalInteger(key).orElseThrow(() -> missing(key));
    }

    public int integer(String key, int orElse) {
        return optionalInteger(key).orElse(orElse);
    }

    /** A positive integer, if the key is there. */
    public Optional<Integer> optionalInteger(String key) {
        return get(key, Number.class).map(number -> {
            long value = number.longValue();
            if (value != number.doubleValue() || value < 0 || value > Integer.MAX_VALUE) {
                throw wrong(key, number, "a whole number of at least 0");
            }
            return (int) value;
        });
    }

    public double number(String key, double orElse) {
        return get(key, Number.class).map(Number::doubleValue).orElse(orElse);
    }

    public boolean flag(String key, boolean orElse) {
        return get(key, Boolean.class).orElse(orElse);
    }

    public String text(String key, String orElse) {
        return get(key, String.class).orElse(orElse);
    }

    /** The numbers under {@code key}; empty if the key is not there. */
    public List<Double> numbers(String key) {
        List<Double> numbers = new ArrayList<>();
        for (Object item : get(key, List.class).orElse(List.of())) {
            if (!(item instanceof Number number)) {
                throw wrong(key, item, "a list of numbers");
            }
            numbers.add(number.doubleValue());
        }
        return List.copyOf(numbers);
    }

    /** The object under {@code key}, if there is one. */
    public Optional<ModelConfig> section(String key) {
        return get(key, Map.class).map(map -> {
            Map<String, Object> inner = new LinkedHashMap<>();
            ((Map<?, ?>) map).forEach((name, value) -> inner.put(String.valueOf(name), value));
            return new ModelConfig(inner, where + ", " + key);
        });
    }

    /** An error about the value of {@code key}. */
    public ModelConfigException wrong(String key, Object value, String expected) {
        return new ModelConfigException("%s: '%s' is %s; expected %s".formatted(where, key, value, expected));
    }

    private ModelConfigException missing(String key) {
        return new ModelConfigException("%s: '%s' is missing; present: %s".formatted(where, key, values.keySet()));
    }

    private <T> Optional<T> get(String key, Class<T> type) {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw wrong(key, value, "a " + type.getSimpleName().toLowerCase(java.util.Locale.ROOT));
        }
        return Optional.of(type.cast(value));
    }
}
