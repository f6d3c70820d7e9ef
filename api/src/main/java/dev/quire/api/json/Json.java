package dev.quire.api.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON value (RFC 8259). Immutable; safe from any thread. */
public sealed interface Json {
    /** How deep arrays and objects may nest, in reading and in writing. */
    int MAX_DEPTH = 64;

    /** How many characters a text may have. */
    int MAX_CHARACTERS = 64 << 20;

    /** Members by name, in the order of the text. */
    record JsonObject(Map<String, Json> members) implements Json {
        public JsonObject {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }
    }

    /** Elements in order. */
    record JsonArray(List<Json> elements) implements Json {
        public JsonArray {
            elements = List.copyOf(elements);
        }
    }

    /** A string, unescaped. */
    record JsonString(String value) implements Json {}

    /**
     * A number, kept as it is written so that no digit is lost.
     *
     * @param literal in JSON's grammar
     */
    record JsonNumber(String literal) implements Json {
        /** A whole number. */
        public static JsonNumber of(long value) {
            return new JsonNumber(Long.toString(value));
        }
    }

    /** The three words. */
    enum Word implements Json {
        TRUE,
        FALSE,
        NULL
    }

    /** A float64: the shortest literal that reads back to the same bits, or the string NaN, Infinity or -Infinity, which JSON lacks. */
    static Json of(double value) {
        String text = Double.toString(value);
        return Double.isFinite(value) ? new JsonNumber(text) : new JsonString(text);
    }

    /** A float32, as {@link #of(double)}. */
    static Json of(float value) {
        String text = Float.toString(value);
        return Float.isFinite(value) ? new JsonNumber(text) : new JsonString(text);
    }

    /** True or false. */
    static Json of(boolean value) {
        return value ? Word.TRUE : Word.FALSE;
    }

    /**
     * Reads one value.
     *
     * @throws IllegalArgumentException if the text is not JSON, with line and column, or exceeds {@link #MAX_DEPTH} or {@link #MAX_CHARACTERS}
     */
    static Json parse(String text) {
        return new JsonReader(text).document();
    }

    /**
     * The value as text, indented by two spaces; small values stand on one line.
     *
     * @throws IllegalArgumentException if it nests deeper than {@link #MAX_DEPTH}
     */
    default String text() {
        return new JsonWriter().text(this);
    }

    /** The value as text on one line, for files and streams that hold a value per line. */
    default String line() {
        return new JsonWriter().line(this);
    }
}
