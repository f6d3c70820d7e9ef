package dev.quire.server.openai;

import io.vertx.core.json.JsonObject;

/**
 * What every answer, and every event of a stream, begins with.
 *
 * @param created seconds since 1970
 */
record AnswerHead(String id, long created, String model) {
    JsonObject json(String object) {
        return new JsonObject()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", model);
    }
}
