package dev.quire.conformance.models;

import dev.quire.api.json.Json;
import dev.quire.api.json.Json.JsonArray;
import dev.quire.api.json.Json.JsonNumber;
import dev.quire.api.json.Json.JsonObject;
import dev.quire.api.json.Json.JsonString;
import java.util.List;
import java.util.Map;

/** The members of a JSON object, each demanded in its type; messages name the member. */
record JsonFields(String where, Map<String, Json> members) {
    static JsonFields of(String where, Json json) {
        if (json instanceof JsonObject(Map<String, Json> members)) {
            return new JsonFields(where, members);
        }
        throw new IllegalArgumentException(where + " must be an object");
    }

    String text(String name) {
        if (members.get(name) instanceof JsonString(String value)) {
            return value;
        }
        throw wrong(name, "a string");
    }

    List<Json> list(String name) {
        if (members.get(name) instanceof JsonArray(List<Json> elements)) {
            return elements;
        }
        throw wrong(name, "an array");
    }

    JsonFields object(String name) {
        if (members.get(name) instanceof JsonObject(Map<String, Json> inner)) {
            return new JsonFields(where + "." + name, inner);
        }
        throw wrong(name, "an object");
    }

    double number(String name) {
        if (members.get(name) instanceof JsonNumber(String literal)) {
            return Double.parseDouble(literal);
        }
        throw wrong(name, "a number");
    }

    int integer(String name) {
        return integer(name, members.get(name));
    }

    int[] integers(String name) {
        return list(name).stream().mapToInt(json -> integer(name, json)).toArray();
    }

    double[] numbers(String name) {
        return list(name).stream().mapToDouble(json -> real(name, json)).toArray();
    }

    int integer(String name, Json json) {
        if (json instanceof JsonNumber(String literal) && literal.matches("\\d{1,9}")) {
            return Integer.parseInt(literal);
        }
        throw wrong(name, "whole numbers below 10⁹");
    }

    double real(String name, Json json) {
        if (json instanceof JsonNumber(String literal)) {
            return Double.parseDouble(literal);
        }
        throw wrong(name, "numbers");
    }

    private IllegalArgumentException wrong(String name, String expected) {
        return new IllegalArgumentException("%s.%s must be %s; got %s"
                .formatted(where, name, expected, members.containsKey(name) ? members.get(name) : "nothing"));
    }
}
