package dev.quire.api.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The members of a JSON object, read as what they should be. Every message names the member's path and what stood there.
 *
 * @param object what is read
 * @param path where it stands, for messages
 */
public record JsonFields(Json.JsonObject object, String path) {
    /**
     * Members of a value.
     *
     * @throws IllegalArgumentException if it is no object
     */
    public static JsonFields of(Json json, String path) {
        if (json instanceof Json.JsonObject object) {
            return new JsonFields(object, path);
        }
        throw new IllegalArgumentException("%s is %s; an object is needed".formatted(path, shown(json)));
    }

    /** Whether a member is there and not null. */
    public boolean has(String name) {
        Json value = object.members().get(name);
        return value != null && value != Json.Word.NULL;
    }

    /** A string. */
    public String text(String name) {
        return member(name) instanceof Json.JsonString(String value) ? value : wrong(name, "a string");
    }

    /** A whole number. */
    public long whole(String name) {
        try {
            return member(name) instanceof Json.JsonNumber(String literal)
                    ? Long.parseLong(literal)
                    : wrong(name, "a whole number");
        } catch (NumberFormatException e) {
            return wrong(name, "a whole number");
        }
    }

    /** A float64, also as {@link Json#of(double)} writes those that JSON lacks. */
    public double real(String name) {
        return real(member(name), name);
    }

    /** True or false. */
    public boolean truth(String name) {
        return switch (member(name)) {
            case Json.Word.TRUE -> true;
            case Json.Word.FALSE -> false;
            default -> wrong(name, "true or false");
        };
    }

    /** One of an enum's names, or the same in lower case. */
    public <E extends Enum<E>> E choice(String name, Class<E> type) {
        String text = text(name);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        return wrong(name, "one of " + List.of(type.getEnumConstants()));
    }

    /** The members of an object inside. */
    public JsonFields fields(String name) {
        return of(member(name), path + "." + name);
    }

    /** What {@code read} makes of a member, if it is there. */
    public <T> Optional<T> optional(String name, Function<String, T> read) {
        return has(name) ? Optional.of(read.apply(name)) : Optional.empty();
    }

    /** Elements of an array. */
    public List<Json> list(String name) {
        return member(name) instanceof Json.JsonArray(List<Json> elements) ? elements : wrong(name, "an array");
    }

    /** Elements of an array of objects. */
    public List<JsonFields> objects(String name) {
        List<JsonFields> objects = new ArrayList<>();
        for (Json element : list(name)) {
            objects.add(of(element, "%s.%s[%d]".formatted(path, name, objects.size())));
        }
        return objects;
    }

    /** Elements of an array of strings. */
    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Json element : list(name)) {
            texts.add(element instanceof Json.JsonString(String value) ? value : wrong(name, "an array of strings"));
        }
        return texts;
    }

    /** Elements of an array of numbers. */
    public double[] reals(String name) {
        return list(name).stream().mapToDouble(element -> real(element, name)).toArray();
    }

    /** A whole number that an int holds. */
    public int integer(String name) {
        return integer(member(name), name);
    }

    /** Elements of an array of whole numbers that an int holds. */
    public int[] integers(String name) {
        return list(name).stream().mapToInt(element -> integer(element, name)).toArray();
    }

    private int integer(Json json, String name) {
        try {
            return json instanceof Json.JsonNumber(String literal)
                    ? Integer.parseInt(literal)
                    : wrong(name, "a whole number");
        } catch (NumberFormatException e) {
            return wrong(name, "a whole number below 2³¹");
        }
    }

    private double real(Json json, String name) {
        try {
            return switch (json) {
                case Json.JsonNumber(String literal) -> Double.parseDouble(literal);
                case Json.JsonString(String literal) -> Double.parseDouble(literal);
                default -> wrong(name, "a number");
            };
        } catch (NumberFormatException e) {
            return wrong(name, "a number");
        }
    }

    private Json member(String name) {
        Json value = object.members().get(name);
        if (value == null) {
            throw new IllegalArgumentException("%s has no member '%s'; it has %s"
                    .formatted(path, name, object.members().keySet()));
        }
        return value;
    }

    private <T> T wrong(String name, String needed) {
        throw new IllegalArgumentException("%s.%s is %s; %s is needed"
                .formatted(path, name, shown(object.members().get(name)), needed));
    }

    private static String shown(Json json) {
        String line = json.line();
        return line.length() <= 60 ? line : line.substring(0, 60) + "...";
    }
}
