package dev.quire.api.json;

import java.util.Iterator;
import java.util.Map;

/** Writes a value over lines, except arrays and objects that fit on one. */
final class JsonWriter {
    private static final int ONE_LINE = 100;

    private final StringBuilder out = new StringBuilder();

    String text(Json value) {
        checkDepth(value, 0);
        write(value, 0, false);
        return out.toString();
    }

    String line(Json value) {
        checkDepth(value, 0);
        write(value, 0, true);
        return out.toString();
    }

    private static void checkDepth(Json value, int depth) {
        if (depth > Json.MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "a JSON value nested deeper than %d could not be read back".formatted(Json.MAX_DEPTH));
        }
        switch (value) {
            case Json.JsonObject(var members) -> members.values().forEach(member -> checkDepth(member, depth + 1));
            case Json.JsonArray(var elements) -> elements.forEach(element -> checkDepth(element, depth + 1));
            case Json.JsonString s -> {}
            case Json.JsonNumber n -> {}
            case Json.Word w -> {}
        }
    }

    private void write(Json value, int indent, boolean flat) {
        switch (value) {
            case Json.JsonObject(var members) -> {
                Iterator<Map.Entry<String, Json>> entries = members.entrySet().iterator();
                container('{', '}', entries, indent, flat || fits(value), (entry, in) -> {
                    string(entry.getKey());
                    out.append(": ");
                    write(entry.getValue(), in.indent(), in.flat());
                });
            }
            case Json.JsonArray(var elements) ->
                container(
                        '[',
                        ']',
                        elements.iterator(),
                        indent,
                        flat || fits(value),
                        (element, in) -> write(element, in.indent(), in.flat()));
            case Json.JsonString(String s) -> string(s);
            case Json.JsonNumber(String literal) -> out.append(literal);
            case Json.Word word -> out.append(word.name().toLowerCase(java.util.Locale.ROOT));
        }
    }

    private record Place(int indent, boolean flat) {}

    private <T> void container(
            char open,
            char close,
            Iterator<T> elements,
            int indent,
            boolean flat,
            java.util.function.BiConsumer<T, Place> each) {
        out.append(open);
        boolean any = elements.hasNext();
        while (elements.hasNext()) {
            line(indent + 2, flat);
            each.accept(elements.next(), new Place(indent + 2, flat));
            if (elements.hasNext()) {
                out.append(flat ? ", " : ",");
            }
        }
        if (any) {
            line(indent, flat);
        }
        out.append(close);
    }

    private void line(int indent, boolean flat) {
        if (!flat) {
            out.append('\n').repeat(' ', indent);
        }
    }

    private static boolean fits(Json value) {
        return room(value, ONE_LINE) >= 0;
    }

    /** What is left of {@code room} characters after {@code value}; negative as soon as it is too long. */
    private static int room(Json value, int room) {
        int left = room - 2;
        switch (value) {
            case Json.JsonObject(var members) -> {
                for (Map.Entry<String, Json> member : members.entrySet()) {
                    left = left < 0
                            ? left
                            : room(member.getValue(), left - member.getKey().length() - 6);
                }
            }
            case Json.JsonArray(var elements) -> {
                for (Json element : elements) {
                    left = left < 0 ? left : room(element, left - 2);
                }
            }
            case Json.JsonString(String s) -> left -= s.length();
            case Json.JsonNumber(String literal) -> left -= literal.length();
            case Json.Word word -> left -= word.name().length();
        }
        return left;
    }

    private void string(String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || Character.isSurrogate(c)) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
