package dev.quire.conformance.report;

import dev.quire.api.json.Json;
import dev.quire.api.json.JsonFields;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Verdicts as JSON: in reports, and on the way from the JVM that runs cases. */
public final class VerdictJson {
    private static final MathContext DIGITS = new MathContext(4);

    private VerdictJson() {}

    /** The object's members; errors are rounded to four digits. */
    public static Map<String, Json> members(Verdict verdict) {
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("outcome", new Json.JsonString(verdict.outcome().name()));
        members.put("boundUsed", rounded(verdict.used()));
        if (!verdict.detail().isEmpty()) {
            members.put("detail", new Json.JsonString(verdict.detail()));
        }
        verdict.errors().ifPresent(errors -> members.put("errors", json(errors)));
        return members;
    }

    /**
     * Reads what {@link #members} wrote.
     *
     * @throws IllegalArgumentException naming the member that is wrong
     */
    public static Verdict read(JsonFields fields) {
        Optional<JsonFields> errors = fields.optional("errors", fields::fields);
        return new Verdict(
                fields.choice("outcome", Outcome.class),
                fields.real("boundUsed"),
                fields.optional("detail", fields::text).orElse(""),
                errors.map(VerdictJson::map));
    }

    private static ErrorMap map(JsonFields fields) {
        return new ErrorMap(
                fields.text("value"), fields.integer("rows"), fields.integer("columns"), fields.reals("used"));
    }

    private static Json json(ErrorMap errors) {
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("value", new Json.JsonString(errors.value()));
        members.put("rows", Json.JsonNumber.of(errors.rows()));
        members.put("columns", Json.JsonNumber.of(errors.columns()));
        List<Json> used = new ArrayList<>();
        for (double cell : errors.used()) {
            used.add(rounded(cell));
        }
        members.put("used", new Json.JsonArray(used));
        return new Json.JsonObject(members);
    }

    private static Json rounded(double value) {
        return Json.of(
                Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : value);
    }
}
