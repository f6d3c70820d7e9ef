package dev.quire.api.program;

import dev.quire.api.json.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Builds records from JSON values; each error names the path of the member. */
final class RecordReader {
    Object read(Type type, Json json, String path) {
        Class<?> raw = RecordShape.raw(type);
        if (raw == List.class) {
            return list(RecordShape.argument(type), json, path);
        }
        if (raw.isSealed()) {
            return choice(raw, json, path);
        }
        if (raw.isRecord()) {
            return record(raw, members(json, path), Set.of(), path);
        }
        if (raw.isEnum()) {
            return constant(raw, string(json, path), path);
        }
        return scalar(raw, json, path);
    }

    private List<Object> list(Type element, Json json, String path) {
        if (!(json instanceof Json.JsonArray(List<Json> elements))) {
            throw error(path, "an array expected, but it is " + kind(json));
        }
        List<Object> list = new ArrayList<>();
        for (Json value : elements) {
            list.add(read(element, value, path + "[" + list.size() + "]"));
        }
        return list;
    }

    private Object choice(Class<?> sealed, Json json, String path) {
        Map<String, Json> members = members(json, path);
        String tag = RecordShape.tag(sealed);
        Map<String, Class<?>> choices = RecordShape.choices(sealed);
        if (!members.containsKey(tag)) {
            throw error(path, "misses '%s', one of %s".formatted(tag, choices.keySet()));
        }
        String name = string(members.get(tag), path + "." + tag);
        Class<?> chosen = choices.get(name);
        if (chosen == null) {
            throw error(path, "unknown %s '%s'; known: %s".formatted(tag, name, choices.keySet()));
        }
        return record(chosen, members, Set.of(tag), path);
    }

    private Object record(Class<?> type, Map<String, Json> members, Set<String> besides, String path) {
        List<RecordComponent> components = RecordShape.components(type);
        Set<String> unknown = new TreeSet<>(members.keySet());
        unknown.removeAll(besides);
        components.forEach(component -> unknown.remove(component.getName()));
        if (!unknown.isEmpty()) {
            throw error(
                    path,
                    "%s has no %s; it has %s"
                            .formatted(
                                    type.getSimpleName(),
                                    unknown,
                                    components.stream()
                                            .map(RecordComponent::getName)
                                            .toList()));
        }
        Object[] parts = components.stream()
                .map(component -> part(type, component, members, path))
                .toArray();
        return construct(type, parts, path);
    }

    private Object part(Class<?> type, RecordComponent component, Map<String, Json> members, String path) {
        String name = component.getName();
        Json json = members.getOrDefault(name, Json.Word.NULL);
        Type wanted = component.getGenericType();
        if (RecordShape.isOptional(wanted)) {
            return json == Json.Word.NULL
                    ? Optional.empty()
                    : Optional.of(read(RecordShape.argument(wanted), json, path + "." + name));
        }
        if (json == Json.Word.NULL) {
            throw error(path, "%s misses '%s'".formatted(type.getSimpleName(), name));
        }
        return read(wanted, json, path + "." + name);
    }

    private static Object construct(Class<?> type, Object[] parts, String path) {
        Class<?>[] signature = RecordShape.components(type).stream()
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return type.getConstructor(signature).newInstance(parts);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(path + ": " + e.getCause().getMessage(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.getSimpleName() + " cannot be built", e);
        }
    }

    private static Object constant(Class<?> type, String name, String path) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> ((Enum<?>) constant).name().equals(name))
                .findFirst()
                .orElseThrow(() -> error(
                        path, "unknown '%s'; known: %s".formatted(name, Arrays.toString(type.getEnumConstants()))));
    }

    private static Object scalar(Class<?> type, Json json, String path) {
        if (type == String.class) {
            return string(json, path);
        }
        try {
            return switch (type.getSimpleName()) {
                case "int" -> Integer.parseInt(literal(json, path));
                case "float", "Float" -> finite(Float.parseFloat(literal(json, path)), json, path);
                case "double", "Double" -> finite(Double.parseDouble(literal(json, path)), json, path);
                default -> throw new IllegalStateException(type.getSimpleName() + " has no form in JSON");
            };
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s: %s is not a number of type %s".formatted(path, json.text(), type.getSimpleName()), e);
        }
    }

    /** A number's digits, or one of the three strings that stand for numbers that JSON lacks. */
    private static String literal(Json json, String path) {
        return switch (json) {
            case Json.JsonNumber(String literal) -> literal;
            case Json.JsonString(String s)
            when Set.of("NaN", "Infinity", "-Infinity").contains(s) -> s;
            default -> throw error(path, "a number expected, but it is " + kind(json));
        };
    }

    private static <N extends Number> N finite(N value, Json json, String path) {
        if (json instanceof Json.JsonNumber(String literal) && !Double.isFinite(value.doubleValue())) {
            throw error(path, literal + " is too large");
        }
        return value;
    }

    private static Map<String, Json> members(Json json, String path) {
        if (!(json instanceof Json.JsonObject(Map<String, Json> members))) {
            throw error(path, "an object expected, but it is " + kind(json));
        }
        return members;
    }

    private static String string(Json json, String path) {
        if (!(json instanceof Json.JsonString(String value))) {
            throw error(path, "a string expected, but it is " + kind(json));
        }
        return value;
    }

    private static String kind(Json json) {
        return switch (json) {
            case Json.JsonObject o -> "an object";
            case Json.JsonArray a -> "an array";
            case Json.JsonString s -> "a string";
            case Json.JsonNumber(String literal) -> literal;
            case Json.Word word -> word.name().toLowerCase(java.util.Locale.ROOT);
        };
    }

    private static IllegalArgumentException error(String path, String what) {
        return new IllegalArgumentException(path + ": " + what);
    }
}
