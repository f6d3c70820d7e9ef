package dev.quire.conformance.report;

import dev.quire.api.json.Json;
import dev.quire.api.json.JsonFields;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.waivers.WaiverJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reports as JSON. Everything but {@code run} (times, and output of JVMs that were lost) is the same in two runs of the same cases on the same
 * machine, and {@code digest} is the SHA-256 of it: of all members but {@code digest} and {@code run}, as one line of JSON.
 */
public final class ReportJson {
    /** Name and version of the format. */
    static final String FORMAT = "quire-conformance-1";

    private static final Set<String> UNDIGESTED = Set.of("digest", "run");

    private ReportJson() {}

    /** The report. */
    public static Json.JsonObject json(ConformanceReport report) {
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("format", text(FORMAT));
        members.put("kit", kit(report.kit()));
        members.put("subject", subject(report.subject()));
        members.put("scope", scope(report.scope()));
        members.put("waivers", WaiverJson.json(report.waivers()));
        members.put("summary", summary(report));
        members.put("cases", cases(report.results()));
        members.put("digest", text(digest(new Json.JsonObject(members))));
        members.put("run", run(report.log()));
        return new Json.JsonObject(members);
    }

    /**
     * Reads a report; what it says of itself (summary and digest) is not checked here.
     *
     * @throws IllegalArgumentException naming the member that is wrong
     */
    static ConformanceReport read(Json.JsonObject json) {
        JsonFields report = new JsonFields(json, "report");
        if (!report.text("format").equals(FORMAT)) {
            throw new IllegalArgumentException(
                    "report.format is '%s'; this kit reads '%s'".formatted(report.text("format"), FORMAT));
        }
        JsonFields kit = report.fields("kit");
        List<CaseResult> results = new ArrayList<>();
        for (JsonFields one : report.objects("cases")) {
            results.add(new CaseResult(
                    one.text("name"), one.choice("level", Level.class), one.texts("rules"), VerdictJson.read(one)));
        }
        return new ConformanceReport(
                new Kit(kit.text("version"), kit.text("hash"), kit.text("spi")),
                subject(report.fields("subject")),
                scope(report.fields("scope")),
                WaiverJson.list(new Json.JsonArray(report.list("waivers"))),
                results,
                run(report.fields("run")));
    }

    /** SHA-256 of all members that two runs share; hex. */
    static String digest(Json.JsonObject report) {
        Map<String, Json> digested = new LinkedHashMap<>(report.members());
        digested.keySet().removeAll(UNDIGESTED);
        byte[] bytes = new Json.JsonObject(digested).line().getBytes(StandardCharsets.UTF_8);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** What the results come to. */
    static Json summary(ConformanceReport report) {
        Map<String, Json> members = new LinkedHashMap<>();
        Certificate certificate = report.certificate();
        members.put("passed", Json.of(report.passed()));
        members.put(
                "certified",
                certificate.level().<Json>map(level -> text(level.name())).orElse(Json.Word.NULL));
        members.put("verdict", text(certificate.text()));
        Map<String, Json> levels = new LinkedHashMap<>();
        for (Level level : Level.values()) {
            List<CaseResult> cases = report.results().stream()
                    .filter(one -> one.level() == level)
                    .toList();
            if (!cases.isEmpty()) {
                Map<String, Json> counts = new LinkedHashMap<>();
                for (Outcome outcome : Outcome.values()) {
                    long n = cases.stream()
                            .filter(one -> one.outcome() == outcome)
                            .count();
                    counts.put(outcome.name(), Json.JsonNumber.of(n));
                }
                levels.put(level.name(), new Json.JsonObject(counts));
            }
        }
        members.put("levels", new Json.JsonObject(levels));
        return new Json.JsonObject(members);
    }

    private static Json cases(List<CaseResult> results) {
        List<Json> cases = new ArrayList<>();
        for (CaseResult result : results) {
            Map<String, Json> one = new LinkedHashMap<>();
            one.put("name", text(result.name()));
            one.put("level", text(result.level().name()));
            one.put("rules", texts(result.rules()));
            one.putAll(VerdictJson.members(result.verdict()));
            cases.add(new Json.JsonObject(one));
        }
        return new Json.JsonArray(cases);
    }

    private static Json kit(Kit kit) {
        return object("version", text(kit.version()), "hash", text(kit.hash()), "spi", text(kit.spi()));
    }

    /** What was tested, as JSON. */
    public static Json subject(Subject s) {
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("backend", text(s.backend()));
        members.put("index", Json.JsonNumber.of(s.index()));
        members.put("device", text(s.device()));
        members.put("driver", text(s.driver()));
        members.put("description", text(s.description()));
        members.put("jvm", text(s.jvm()));
        members.put("system", text(s.system()));
        return new Json.JsonObject(members);
    }

    /**
     * What was tested, from JSON.
     *
     * @throws IllegalArgumentException naming the member that is wrong
     */
    public static Subject subject(JsonFields fields) {
        return new Subject(
                fields.text("backend"),
                fields.integer("index"),
                fields.text("device"),
                fields.text("driver"),
                fields.text("description"),
                fields.text("jvm"),
                fields.text("system"));
    }

    private static Json scope(Scope scope) {
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("profile", text(scope.profile().name()));
        members.put("numerics", text(scope.numerics().name()));
        members.put("level", text(scope.level().name()));
        members.put("seed", Json.JsonNumber.of(scope.seed()));
        members.put("models", texts(scope.models()));
        members.put("narrowed", texts(scope.narrowed()));
        members.put("command", text(scope.command()));
        return new Json.JsonObject(members);
    }

    private static Scope scope(JsonFields fields) {
        return new Scope(
                fields.choice("profile", Profile.class),
                fields.choice("numerics", Numerics.class),
                fields.choice("level", Level.class),
                fields.whole("seed"),
                fields.texts("models"),
                fields.texts("narrowed"),
                fields.text("command"));
    }

    private static Json run(RunLog log) {
        List<Json> cases = new ArrayList<>();
        for (RunLog.Entry entry : log.cases()) {
            cases.add(object("ms", Json.JsonNumber.of(entry.time().toMillis()), "output", text(entry.output())));
        }
        return object("started", text(log.started().toString()), "cases", new Json.JsonArray(cases));
    }

    private static RunLog run(JsonFields fields) {
        List<RunLog.Entry> cases = new ArrayList<>();
        for (JsonFields one : fields.objects("cases")) {
            cases.add(new RunLog.Entry(Duration.ofMillis(one.whole("ms")), one.text("output")));
        }
        return new RunLog(Instant.parse(fields.text("started")), cases);
    }

    private static Json.JsonString text(String value) {
        return new Json.JsonString(value);
    }

    private static Json texts(List<String> values) {
        return new Json.JsonArray(values.stream().<Json>map(ReportJson::text).toList());
    }

    private static Json object(Object... namesAndValues) {
        Map<String, Json> members = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put((String) namesAndValues[i], (Json) namesAndValues[i + 1]);
        }
        return new Json.JsonObject(members);
    }
}
