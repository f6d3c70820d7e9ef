package dev.quire.server.openai;

import dev.quire.server.contract.ApiException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The messages of a conversation as chat templates expect them: content as one text, arguments of tool calls as objects. */
final class Messages {
    private static final String NAME = "messages";

    private Messages() {}

    static List<Object> read(JsonArray messages) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            values.add(message(messages.getJsonObject(i)));
        }
        return values;
    }

    /** What the template interpreter reads: maps, lists, texts, numbers, booleans and nulls. */
    static Object plain(Object value) {
        return switch (value) {
            case JsonObject object -> {
                Map<String, Object> map = new LinkedHashMap<>();
                object.forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
                yield map;
            }
            case JsonArray array -> {
                List<Object> list = new ArrayList<>();
                array.forEach(element -> list.add(plain(element)));
                yield list;
            }
            case null -> null;
            default -> value;
        };
    }

    private static Map<String, Object> message(JsonObject message) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, Object> field : message) {
            switch (field.getKey()) {
                case "content" -> values.put("content", content(field.getValue()));
                case "tool_calls" -> {
                    if (field.getValue() instanceof JsonArray calls && !calls.isEmpty()) {
                        values.put(
                                "tool_calls", calls.stream().map(Messages::call).toList());
                    }
                }
                default -> values.put(field.getKey(), plain(field.getValue()));
            }
        }
        values.putIfAbsent("content", "");
        return values;
    }

    private static String content(Object content) {
        if (!(content instanceof JsonArray parts)) {
            return content == null ? "" : (String) content;
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            JsonObject part = parts.getJsonObject(i);
            if (!(part.getString("type").equals("text") && part.getValue("text") instanceof String text)) {
                throw ApiException.badRequest(
                        NAME,
                        "messages holds content of type '%s'; this model takes parts {\"type\": \"text\", \"text\": …} only."
                                .formatted(part.getString("type")));
            }
            texts.add(text);
        }
        return String.join("\n", texts);
    }

    private static Object call(Object value) {
        JsonObject call = ((JsonObject) value).copy();
        JsonObject function = call.getValue("function") instanceof JsonObject object ? object : new JsonObject();
        if (function.getValue("arguments") instanceof String arguments && !arguments.isBlank()) {
            try {
                function.put("arguments", Json.decodeValue(arguments));
            } catch (DecodeException e) {
                throw ApiException.badRequest(
                        NAME, "messages holds a tool call whose arguments are not JSON: %s".formatted(arguments));
            }
        }
        return plain(call);
    }
}
