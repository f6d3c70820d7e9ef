package dev.quire.api.program;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How types map to JSON: the one place that the reader and the writer share. */
final class RecordShape {
    private RecordShape() {}

    /** The member that names the choice of a sealed interface. */
    static String tag(Class<?> sealed) {
        return sealed == Op.class ? "op" : "type";
    }

    /** Records of a sealed interface, and of those that it permits, by tag. */
    static Map<String, Class<?>> choices(Class<?> sealed) {
        Map<String, Class<?>> choices = new LinkedHashMap<>();
        for (Class<?> choice : sealed.getPermittedSubclasses()) {
            if (choice.isSealed()) {
                choices.putAll(choices(choice));
            } else {
                choices.put(choice.getSimpleName(), choice);
            }
        }
        return choices;
    }

    static List<RecordComponent> components(Class<?> type) {
        return Arrays.asList(type.getRecordComponents());
    }

    /** The class behind a component's type. */
    static Class<?> raw(Type type) {
        return type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : (Class<?>) type;
    }

    /** The one argument of a List or an Optional. */
    static Type argument(Type type) {
        return ((ParameterizedType) type).getActualTypeArguments()[0];
    }

    static boolean isOptional(Type type) {
        return raw(type) == Optional.class;
    }
}
