package dev.quire.conformance.models;

import dev.quire.api.json.Json;
import dev.quire.api.json.Json.JsonArray;
import dev.quire.api.json.Json.JsonNumber;
import dev.quire.api.json.Json.JsonObject;
import dev.quire.api.json.Json.JsonString;
import dev.quire.api.json.JsonFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Published hashes of a model's logits in REPRODUCIBLE numerics: level C4's data.
 *
 * @param canon version of the rules that define the bits (RULES N2)
 * @param model its name
 * @param texts beginnings of golden texts, with their hashes
 */
public record References(String canon, String model, List<Text> texts) {
    public References {
        texts = List.copyOf(texts);
    }

    /**
     * @param name of the golden text
     * @param tokens of it, from the first
     * @param sha256 {@link LogitsHash} of the logits after each of them
     */
    public record Text(String name, int tokens, String sha256) {
        /** The tokens themselves. */
        public int[] ids(Golden golden) {
            int[] all = golden.text(name).forced();
            if (tokens < 1 || tokens > all.length) {
                throw new IllegalArgumentException("the reference of %s has %d tokens; the golden text has %d"
                        .formatted(name, tokens, all.length));
            }
            return Arrays.copyOf(all, tokens);
        }
    }

    /**
     * The hashes that the kit carries for {@code model}.
     *
     * @throws IllegalArgumentException if it carries none
     */
    public static References of(String model) {
        return parse(ModelResource.text(model, "references.json"));
    }

    /** Only the first {@code count} texts of at most {@code tokens} tokens. */
    public References upTo(int tokens, int count) {
        return new References(
                canon,
                model,
                texts.stream()
                        .filter(text -> text.tokens() <= tokens)
                        .limit(count)
                        .toList());
    }

    /** The texts that {@code others} does not have. */
    public References without(References others) {
        return new References(
                canon,
                model,
                texts.stream().filter(text -> !others.texts().contains(text)).toList());
    }

    /** Tokens of the longest text. */
    public int longest() {
        return texts.stream().mapToInt(Text::tokens).max().orElse(0);
    }

    /** Reads what {@link #json} wrote. */
    public static References parse(String json) {
        JsonFields fields = JsonFields.of(Json.parse(json), "references");
        List<Text> texts = fields.objects("texts").stream()
                .map(one -> new Text(one.text("name"), one.integer("tokens"), one.text("sha256")))
                .toList();
        return new References(fields.text("canon"), fields.text("model"), texts);
    }

    /** The same as text. */
    public String json() {
        List<Json> list = new ArrayList<>();
        for (Text text : texts) {
            Map<String, Json> members = new LinkedHashMap<>();
            members.put("name", new JsonString(text.name()));
            members.put("tokens", JsonNumber.of(text.tokens()));
            members.put("sha256", new JsonString(text.sha256()));
            list.add(new JsonObject(members));
        }
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("canon", new JsonString(canon));
        members.put("model", new JsonString(model));
        members.put("texts", new JsonArray(list));
        return new JsonObject(members).text() + "\n";
    }
}
