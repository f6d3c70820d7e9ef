package dev.quire.server.openai;

import dev.quire.core.request.SampledToken;
import dev.quire.core.request.TextEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** How an endpoint writes its choices. One object for each request, used on its Vert.x context. */
interface AnswerFormat {
    /** The {@code object} of a whole answer. */
    String wholeObject();

    /** The {@code object} of a stream's events. */
    String eventObject();

    /** Takes note of the scores of prompt {@code prompt}, which come before any text of it. */
    void scored(int prompt, TextEvent.PromptScored scores);

    /** The event that begins a choice of a stream, if there is one. */
    Optional<JsonObject> opening(int choice);

    /** A choice of a stream's event. */
    JsonObject piece(int choice, String text, List<SampledToken> tokens);

    /** The last event's choice of a stream. */
    JsonObject ending(int choice, ChoiceRecord.Ending ending);

    /** A choice of a whole answer. */
    JsonObject whole(int choice, ChoiceRecord record);

    /** What a whole answer, or a stream's first event, carries beside choices and usage. */
    void adorn(JsonObject answer);

    /** The ids of generated tokens. */
    static JsonArray ids(List<SampledToken> tokens) {
        JsonArray ids = new JsonArray();
        tokens.forEach(token -> ids.add(token.id()));
        return ids;
    }

    /** The ids of a prompt. */
    static JsonArray ids(Prompt prompt) {
        JsonArray ids = new JsonArray();
        for (int id : prompt.ids()) {
            ids.add(id);
        }
        return ids;
    }
}
