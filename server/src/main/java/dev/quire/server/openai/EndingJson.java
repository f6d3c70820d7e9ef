package dev.quire.server.openai;

import dev.quire.core.request.TextEvent;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** {@code finish_reason} and vLLM's {@code stop_reason}. */
final class EndingJson {
    private final Set<Integer> eosIds;

    /** @param eosIds tokens whose coming is no reason to name: the model simply ended */
    EndingJson(Set<Integer> eosIds) {
        this.eosIds = eosIds;
    }

    JsonObject put(JsonObject choice, ChoiceRecord.Ending ending) {
        return choice.put("finish_reason", ending.reason().name().toLowerCase(Locale.ROOT))
                .put("stop_reason", stopReason(ending.stop()));
    }

    /** The stop string, or the stop token if it is not the model's own end, or null. */
    private Object stopReason(Optional<TextEvent.Stop> stop) {
        return switch (stop.orElse(null)) {
            case TextEvent.Stop.Text(String text) -> text;
            case TextEvent.Stop.Token(int id) -> eosIds.contains(id) ? null : (Object) id;
            case null -> null;
        };
    }
}
