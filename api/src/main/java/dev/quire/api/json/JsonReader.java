package dev.quire.api.json;

import dev.quire.api.json.Json.JsonArray;
import dev.quire.api.json.Json.JsonNumber;
import dev.quire.api.json.Json.JsonObject;
import dev.quire.api.json.Json.JsonString;
import dev.quire.api.json.Json.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the grammar of RFC 8259 by descent, and refuses what it does not allow: duplicate names, control characters, trailing text. */
final class JsonReader {
    private static final int MAX_NUMBER = 64;

    private final String text;
    private int at;
    private int depth;

    JsonReader(String text) {
        this.text = text;
        if (text.length() > Json.MAX_CHARACTERS) {
            throw new IllegalArgumentException(
                    "JSON text of %d characters; at most %d are read".formatted(text.length(), Json.MAX_CHARACTERS));
        }
    }

    Json document() {
        Json value = value();
        space();
        if (at < text.length()) {
            throw error("text after the value");
        }
        return value;
    }

    private Json value() {
        space();
        return switch (peek()) {
            case '{' -> nested(this::object);
            case '[' -> nested(this::array);
            case '"' -> new JsonString(string());
            case 't' -> word("true", Word.TRUE);
            case 'f' -> word("false", Word.FALSE);
            case 'n' -> word("null", Word.NULL);
            default -> number();
        };
    }

    private Json nested(java.util.function.Supplier<Json> content) {
        if (++depth > Json.MAX_DEPTH) {
            throw error("nested deeper than " + Json.MAX_DEPTH);
        }
        at++;
        Json value = content.get();
        depth--;
        return value;
    }

    private Json object() {
        Map<String, Json> members = new LinkedHashMap<>();
        if (ends('}')) {
            return new JsonObject(members);
        }
        do {
            space();
            if (peek() != '"') {
                throw error("a member needs a name in quotes");
            }
            String name = string();
            space();
            expect(':');
            if (members.putIfAbsent(name, value()) != null) {
                throw error("member '%s' stands twice".formatted(name));
            }
        } while (more('}'));
        return new JsonObject(members);
    }

    private Json array() {
        List<Json> elements = new ArrayList<>();
        if (ends(']')) {
            return new JsonArray(elements);
        }
        do {
            elements.add(value());
        } while (more(']'));
        return new JsonArray(elements);
    }

    private boolean ends(char close) {
        space();
        if (peek() != close) {
            return false;
        }
        at++;
        return true;
    }

    private boolean more(char close) {
        if (ends(close)) {
            return false;
        }
        expect(',');
        return true;
    }

    private String string() {
        StringBuilder value = new StringBuilder();
        at++;
        while (true) {
            char c = peek();
            if (c < ' ') {
                throw error(at < text.length() ? "a control character in a string" : "a string without an end");
            }
            at++;
            if (c == '"') {
                return value.toString();
            }
            value.append(c == '\\' ? escape() : c);
        }
    }

    private char escape() {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw error("an escape that JSON does not know");
        };
    }

    private char unicode() {
        int code = 0;
        for (int i = 0; i < 4; i++, at++) {
            char c = peek();
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw error("\\u needs four hexadecimal digits");
            }
            code = 16 * code + digit;
        }
        return (char) code;
    }

    private Json word(String word, Word value) {
        if (!text.startsWith(word, at)) {
            throw error("'%s' expected".formatted(word));
        }
        at += word.length();
        return value;
    }

    private Json number() {
        int from = at;
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (peek() == '.') {
            at++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
        if (at - from > MAX_NUMBER) {
            throw error("a number of %d characters; at most %d".formatted(at - from, MAX_NUMBER));
        }
        return new JsonNumber(text.substring(from, at));
    }

    private void digits() {
        int from = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at == from) {
            throw error("a value or a digit expected");
        }
    }

    private void expect(char c) {
        if (peek() != c) {
            throw error("'%s' expected".formatted(c));
        }
        at++;
    }

    private void space() {
        while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
            at++;
        }
    }

    /** The character here; NUL, which the grammar allows nowhere, at the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private IllegalArgumentException error(String what) {
        int here = Math.min(at, text.length());
        long line = 1 + text.substring(0, here).chars().filter(c -> c == '\n').count();
        int column = here - text.lastIndexOf('\n', here - 1);
        return new IllegalArgumentException("JSON line %d, column %d: %s".formatted(line, column, what));
    }
}
