package dev.quire.server.contract;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The fields of one operation's request body, as the OpenAPI document lists them, {@code allOf} and references followed. */
final class RequestSchema {
    private static final String LACKING = "x-quire-lacking";

    private final Map<String, JsonObject> properties = new LinkedHashMap<>();

    /**
     * @param contract the whole document
     * @param schema the body's schema
     */
    RequestSchema(JsonObject contract, JsonObject schema) {
        collect(contract, schema);
    }

    private void collect(JsonObject contract, JsonObject schema) {
        String reference = schema.getString("$ref");
        if (reference != null) {
            collect(contract, resolve(contract, reference));
        }
        for (Object part : schema.getJsonArray("allOf", JsonArray.of())) {
            collect(contract, (JsonObject) part);
        }
        for (Map.Entry<String, Object> property : schema.getJsonObject("properties", JsonObject.of())) {
            properties.put(property.getKey(), (JsonObject) property.getValue());
        }
    }

    private static JsonObject resolve(JsonObject contract, String reference) {
        JsonObject at = contract;
        for (String step : reference.substring(reference.indexOf("#/") + 2).split("/")) {
            at = at.getJsonObject(step);
        }
        return at;
    }

    /** All field names. */
    Set<String> names() {
        return properties.keySet();
    }

    /** Why values of {@code field} beyond those its schema allows are refused, if the field is known but not honoured. */
    Optional<String> lacking(String field) {
        return Optional.ofNullable(properties.get(field)).map(property -> property.getString(LACKING));
    }
}
