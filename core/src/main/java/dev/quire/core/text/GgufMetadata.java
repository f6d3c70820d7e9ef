package dev.quire.core.text;

import java.lang.reflect.Array;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Typed reading of a GGUF file's metadata. Arrays may be Java arrays of any kind or collections; a value of the wrong type is an error. */
record GgufMetadata(Map<String, ?> values) {
    boolean has(String key) {
        return values.get(key) != null;
    }

    Optional<String> string(String key) {
        return switch (values.get(key)) {
            case null -> Optional.empty();
            case String value -> Optional.of(value);
            case Object other -> throw wrong(key, "a string", other);
        };
    }

    OptionalInt integer(String key) {
        return switch (values.get(key)) {
            case null -> OptionalInt.empty();
            case Number value -> OptionalInt.of(value.intValue());
            case Object other -> throw wrong(key, "a number", other);
        };
    }

    boolean flag(String key, boolean otherwise) {
        return switch (values.get(key)) {
            case null -> otherwise;
            case Boolean value -> value;
            case Object other -> throw wrong(key, "true or false", other);
        };
    }

    String[] strings(String key) {
        Object[] items = items(key);
        String[] out = new String[items.length];
        for (int i = 0; i < items.length; i++) {
            if (!(items[i] instanceof String text)) {
                throw wrong(key, "an array of strings", items[i]);
            }
            out[i] = text;
        }
        return out;
    }

    int[] integers(String key) {
        Object[] items = items(key);
        int[] out = new int[items.length];
        for (int i = 0; i < items.length; i++) {
            out[i] = number(key, items[i]).intValue();
        }
        return out;
    }

    float[] floats(String key) {
        Object[] items = items(key);
        float[] out = new float[items.length];
        for (int i = 0; i < items.length; i++) {
            out[i] = number(key, items[i]).floatValue();
        }
        return out;
    }

    private static Number number(String key, Object item) {
        if (item instanceof Number value) {
            return value;
        }
        throw wrong(key, "an array of numbers", item);
    }

    private Object[] items(String key) {
        Object value = values.get(key);
        if (value == null) {
            throw new TokenizerException(
                    "The GGUF file has no " + key
                            + ", which its tokenizer needs. Use a file that carries its tokenizer, or a folder with tokenizer.json.");
        }
        if (value instanceof Collection<?> collection) {
            return collection.toArray();
        }
        if (!value.getClass().isArray()) {
            throw wrong(key, "an array", value);
        }
        Object[] out = new Object[Array.getLength(value)];
        for (int i = 0; i < out.length; i++) {
            out[i] = Array.get(value, i);
        }
        return out;
    }

    private static TokenizerException wrong(String key, String expected, Object value) {
        String type = value == null ? "null" : value.getClass().getSimpleName();
        return new TokenizerException("The GGUF file's " + key + " must be " + expected + ", but holds " + type
                + ". The file is damaged, or newer than this version of Quire.");
    }
}
