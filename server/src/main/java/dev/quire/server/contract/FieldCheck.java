package dev.quire.server.contract;

import dev.quire.server.options.HttpOptions.UnknownFields;
import dev.quire.server.options.Spelling;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** Tells fields that no API defines from misspelt ones. */
final class FieldCheck {
    private final RequestSchema schema;
    private final UnknownFields policy;

    FieldCheck(RequestSchema schema, UnknownFields policy) {
        this.schema = schema;
        this.policy = policy;
    }

    /**
     * The fields of {@code body} that are ignored.
     *
     * @throws ApiException if a name is a likely slip, or unknown names are refused
     */
    List<String> ignored(JsonObject body) {
        List<String> unknown = body.fieldNames().stream()
                .filter(name -> !schema.names().contains(name))
                .sorted()
                .toList();
        for (String name : unknown) {
            Optional<String> meant = Spelling.nearest(name, schema.names());
            if (meant.isPresent()) {
                throw ApiException.badRequest(
                        name, "There is no field `%s`; did you mean `%s`?".formatted(name, meant.get()));
            }
        }
        if (policy == UnknownFields.REFUSED && !unknown.isEmpty()) {
            throw ApiException.badRequest(
                    unknown.getFirst(),
                    "There is no field `%s`, and this server refuses unknown fields (--strict-fields). Leave it out; the fields are %s."
                            .formatted(unknown.getFirst(), String.join(", ", schema.names())));
        }
        return unknown;
    }
}
