package dev.quire.conformance.models;

import dev.quire.api.json.Json;
import dev.quire.api.json.Json.JsonObject;
import dev.quire.api.json.JsonFields;
import dev.quire.api.types.DType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What other implementations say that a model answers, greedily: level C3's data.
 *
 * @param model its name
 * @param bounds how far a run with operands of a type may be from it
 * @param texts prompts with their continuations
 */
public record Golden(String model, Map<DType, Bound> bounds, List<GoldenText> texts) {
    /** Of all tokens, near ties included, so many are to be exact. */
    public static final double EXACT = 0.97;

    private static final String RIVALS = "rivals";

    public Golden {
        bounds = Map.copyOf(bounds);
        texts = List.copyOf(texts);
    }

    /**
     * Parts of a row's largest |logit|, chosen before any backend was compared.
     *
     * @param logit how far a logit may be from the golden one
     * @param nearTie where the golden gap is at most this, another argmax is allowed; never more than twice {@code logit}
     */
    public record Bound(double logit, double nearTie) {
        public Bound {
            if (!(0 < nearTie && nearTie <= 2 * logit)) {
                throw new IllegalArgumentException(
                        "a near tie of %s under a bound of %s; expected more than 0 and at most twice the bound"
                                .formatted(nearTie, logit));
            }
        }
    }

    /**
     * The golden data that the kit carries for {@code model}.
     *
     * @throws IllegalArgumentException if it carries none
     */
    public static Golden of(String model) {
        return parse(ModelResource.text(model, "golden.json"));
    }

    /** The bound of runs that multiply operands of {@code type}. */
    public Bound bound(DType type) {
        Bound bound = bounds.get(type);
        if (bound == null) {
            throw new IllegalArgumentException(
                    "%s has no bound for %s; it has some for %s".formatted(model, type, bounds.keySet()));
        }
        return bound;
    }

    /** The text called {@code name}. */
    public GoldenText text(String name) {
        return texts.stream()
                .filter(text -> text.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("%s has no golden text '%s'; it has %s"
                        .formatted(
                                model,
                                name,
                                texts.stream().map(GoldenText::name).toList())));
    }

    /** Only the texts of at most {@code tokens} tokens, the forced ones included. */
    public Golden upTo(int tokens) {
        return only(text -> text.forced().length <= tokens);
    }

    /** Only the texts of more than {@code tokens} tokens, the forced ones included. */
    public Golden beyond(int tokens) {
        return only(text -> text.forced().length > tokens);
    }

    private Golden only(Predicate<GoldenText> wanted) {
        return new Golden(model, bounds, texts.stream().filter(wanted).toList());
    }

    /** Tokens of the longest text. */
    public int longest() {
        return texts.stream().mapToInt(text -> text.forced().length).max().orElse(0);
    }

    /** Steps of the text with the most. */
    public int steps() {
        return texts.stream().mapToInt(text -> text.steps().size()).max().orElse(0);
    }

    static Golden parse(String json) {
        JsonFields fields = JsonFields.of(Json.parse(json), "golden");
        JsonFields given = fields.fields("bounds");
        Map<DType, Bound> bounds = new EnumMap<>(DType.class);
        for (String type : given.object().members().keySet()) {
            JsonFields bound = given.fields(type);
            bounds.put(DType.valueOf(type), new Bound(bound.real("logit"), bound.real("nearTie")));
        }
        return new Golden(
                fields.text("model"),
                bounds,
                fields.objects("texts").stream().map(Golden::text).toList());
    }

    private static GoldenText text(JsonFields fields) {
        int[] tokens = fields.integers("greedy");
        double[] logits = fields.reals("logits");
        double[] largest = fields.reals("largest");
        List<Json> rivals = fields.list(RIVALS);
        if (logits.length != tokens.length || largest.length != tokens.length || rivals.size() != tokens.length) {
            throw new IllegalArgumentException("%s: %d tokens, %d logits, %d largest, %d rows of rivals"
                    .formatted(fields.path(), tokens.length, logits.length, largest.length, rivals.size()));
        }
        List<GoldenStep> steps = new ArrayList<>();
        for (int i = 0; i < tokens.length; i++) {
            JsonFields row = new JsonFields(new JsonObject(Map.of(RIVALS, rivals.get(i))), fields.path());
            steps.add(new GoldenStep(tokens[i], logits[i], largest[i], rivals(row.reals(RIVALS))));
        }
        return new GoldenText(fields.text("name"), fields.integers("ids"), steps);
    }

    /** Ids and logits in turn. */
    private static Map<Integer, Double> rivals(double[] flat) {
        Map<Integer, Double> rivals = new HashMap<>();
        for (int i = 0; i + 1 < flat.length; i += 2) {
            rivals.put((int) flat[i], flat[i + 1]);
        }
        return rivals;
    }
}
