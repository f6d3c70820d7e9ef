package dev.quire.core.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Typed access to a checkpoint's config: {@code config.json} of the Hugging Face layout, or GGUF metadata under the same keys. A JSON null
 * counts as absent. It remembers which keys were asked for, so that a program is never made from half a config. Used by one thread at a time.
 */
public final class ModelConfig {
    private final Map<String, Object> values;
    private final String where;
    private final Set<String> asked = new TreeSet<>();
    private final Map<String, ModelConfig> sections = new LinkedHashMap<>();

    /**
     * @param values numbers, strings, booleans, lists and maps
     * @param where names the config in messages
     */
    public ModelConfig(Map<String, ?> values, String where) {
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        this.where = where;
    }

    /** A config that says nothing: what stands where a section is missing. */
    public static ModelConfig empty() {
        return new ModelConfig(Map.of(), "nothing");
    }

    /** The names of the architectures that the checkpoint says it is. */
    public List<String> architectures() {
        return get("architectures", List.class)
                .map(list -> ((List<?>) list).stream().map(String::valueOf).toList())
                .orElse(List.of());
    }

    /** Whether the key is there and not null. */
    public boolean has(String key) {
        asked.add(key);
        return values.get(key) != null;
    }

    /** Counts keys that change nothing as read. */
    public void ignore(Collection<String> keys) {
        asked.addAll(keys);
    }

    public int integer(String key) {
        return optionalInteger(key).orElseThrow(() -> missing(key));
    }

    public int integer(String key, int orElse) {
        return optionalInteger(key).orElse(orElse);
    }

    /** A whole number of at least 0, if the key is there. */
    public Optional<Integer> optionalInteger(String key) {
        return get(key, Number.class).map(number -> {
            long value = number.longValue();
            if (value != number.doubleValue() || value < 0 || value > Integer.MAX_VALUE) {
                throw wrong(key, number, "a whole number of at least 0");
            }
            return (int) value;
        });
    }

    public double number(String key) {
        return optionalNumber(key).orElseThrow(() -> missing(key));
    }

    public double number(String key, double orElse) {
        return optionalNumber(key).orElse(orElse);
    }

    /** A number, if the key is there. */
    public Optional<Double> optionalNumber(String key) {
        return get(key, Number.class).map(Number::doubleValue);
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

    /** The texts under {@code key}; empty if the key is not there. */
    public List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (Object item : get(key, List.class).orElse(List.of())) {
            if (!(item instanceof String text)) {
                throw wrong(key, item, "a list of texts");
            }
            texts.add(text);
        }
        return List.copyOf(texts);
    }

    /** The object under {@code key}, if there is one. */
    public Optional<ModelConfig> section(String key) {
        return get(key, Map.class)
                .map(map -> sections.computeIfAbsent(key, k -> {
                    Map<String, Object> inner = new LinkedHashMap<>();
                    ((Map<?, ?>) map).forEach((name, value) -> inner.put(String.valueOf(name), value));
                    return new ModelConfig(inner, where + ", " + key);
                }));
    }

    /**
     * Refuses keys that nobody asked for: they may change what the model computes.
     *
     * @param harmless keys that change nothing
     * @throws ModelConfigException naming each with its value
     */
    public void refuseUnread(Predicate<String> harmless) {
        Map<String, Object> unread = new LinkedHashMap<>();
        collectUnread("", harmless, unread);
        if (!unread.isEmpty()) {
            throw new ModelConfigException(
                    "%s: %s would be ignored, but may change what the model computes; remove what you know to be without effect, or give the model a program of its own (docs/add-a-model.md)"
                            .formatted(where, unread));
        }
    }

    private void collectUnread(String path, Predicate<String> harmless, Map<String, Object> unread) {
        values.forEach((key, value) -> {
            if (value != null && !asked.contains(key) && !harmless.test(key)) {
                unread.put(path + key, value);
            }
        });
        sections.forEach((key, section) -> section.collectUnread(path + key + ".", harmless, unread));
    }

    /**
     * Refuses every value of {@code key} but the one that changes nothing; the key may be absent.
     *
     * @param neutral a number, a text or a boolean
     * @throws ModelConfigException naming the value
     */
    public void only(String key, Object neutral) {
        asked.add(key);
        Object value = values.get(key);
        if (value != null && !value.equals(neutral)) {
            throw wrong(key, value, neutral + ", or nothing");
        }
    }

    /** An error about the value of {@code key}. */
    public ModelConfigException wrong(String key, Object value, String expected) {
        return new ModelConfigException("%s: '%s' is %s; expected %s".formatted(where, key, value, expected));
    }

    private ModelConfigException missing(String key) {
        return new ModelConfigException("%s: '%s' is missing; present: %s".formatted(where, key, values.keySet()));
    }

    private <T> Optional<T> get(String key, Class<T> type) {
        asked.add(key);
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
