package dev.quire.api.program;

import dev.quire.api.json.Json;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns records into JSON values by their components. */
final class RecordWriter {
    Json write(Type type, Object value) {
        Class<?> raw = RecordShape.raw(type);
        if (raw.isSealed()) {
            return object(value, Optional.of(RecordShape.tag(raw)));
        }
        return switch (value) {
            case Record r -> object(r, Optional.empty());
            case Enum<?> e -> new Json.JsonString(e.name());
            case String s -> new Json.JsonString(s);
            case Integer i -> Json.JsonNumber.of(i);
            case Float f -> Json.of((float) f);
            case Double d -> Json.of((double) d);
            case List<?> list -> array(RecordShape.argument(type), list);
            default -> throw new IllegalStateException("%s has no form in JSON".formatted(type.getTypeName()));
        };
    }

    private Json array(Type element, List<?> list) {
        return new Json.JsonArray(
                list.stream().map(value -> write(element, value)).toList());
    }

    private Json object(Object value, Optional<String> tag) {
        Map<String, Json> members = new LinkedHashMap<>();
        tag.ifPresent(
                name -> members.put(name, new Json.JsonString(value.getClass().getSimpleName())));
        for (RecordComponent component : RecordShape.components(value.getClass())) {
            Object part = part(value, component);
            Type type = component.getGenericType();
            if (!RecordShape.isOptional(type)) {
                members.put(component.getName(), write(type, part));
            } else if (part instanceof Optional<?> optional && optional.isPresent()) {
                members.put(component.getName(), write(RecordShape.argument(type), optional.get()));
            }
        }
        return new Json.JsonObject(members);
    }

    private static Object part(Object value, RecordComponent component) {
        try {
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "%s.%s cannot be read".formatted(value.getClass().getSimpleName(), component.getName()), e);
        }
    }
}
