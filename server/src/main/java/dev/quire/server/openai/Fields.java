package dev.quire.server.openai;

import dev.quire.server.contract.ApiException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads fields of a validated body without losing digits: a whole number that does not fit is refused, not truncated. */
final class Fields {
    private Fields() {}

    static OptionalInt integer(JsonObject body, String name) {
        Number value = body.getNumber(name);
        return value == null ? OptionalInt.empty() : OptionalInt.of(integer(name, value));
    }

    static int integer(JsonObject body, String name, int otherwise) {
        return integer(body, name).orElse(otherwise);
    }

    static OptionalLong whole(JsonObject body, String name) {
        Number value = body.getNumber(name);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (value instanceof BigInteger || value.doubleValue() != value.longValue()) {
            throw ApiException.badRequest(name, "`%s` is %s; give a whole number of 64 bits.".formatted(name, value));
        }
        return OptionalLong.of(value.longValue());
    }

    static List<Integer> integers(JsonArray values, String name) {
        List<Integer> integers = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            if (!(values.getValue(i) instanceof Number number)) {
                throw ApiException.badRequest(
                        name, "`%s` mixes %s with numbers; give numbers only.".formatted(name, values.getValue(i)));
            }
            integers.add(integer(name, number));
        }
        return integers;
    }

    static boolean flag(JsonObject body, String name, boolean otherwise) {
        return body.getBoolean(name, otherwise);
    }

    private static int integer(String name, Number value) {
        double number = value.doubleValue();
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            throw ApiException.badRequest(
                    name, "`%s` is %s; give a whole number of at most %d.".formatted(name, value, Integer.MAX_VALUE));
        }
        return (int) number;
    }
}
