package dev.quire.conformance.report;

import dev.quire.api.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run found.
 *
 * @param level the level that was tried, such as C1
 * @param backend the provider's name
 * @param device the device's name and the backend's own description
 * @param seed that reproduces every case
 * @param results in the order of the cases
 */
public record ConformanceReport(String level, String backend, String device, long seed, List<CaseResult> results) {
    public ConformanceReport {
        results = List.copyOf(results);
    }

    /** How many cases ended so. */
    public long count(Outcome outcome) {
        return results.stream().filter(result -> result.outcome() == outcome).count();
    }

    /** No case failed or threw, and at least one passed: a run that compared nothing proves nothing. */
    public boolean passed() {
        return count(Outcome.PASS) > 0 && count(Outcome.FAIL) == 0 && count(Outcome.ERROR) == 0;
    }

    /** Counts by op, then each case that did not pass. */
    public String table() {
        Map<String, long[]> counts = new LinkedHashMap<>();
        Map<String, Double> used = new LinkedHashMap<>();
        for (CaseResult result : results) {
            counts.computeIfAbsent(result.op(), op -> new long[Outcome.values().length])[
                    result.outcome().ordinal()]++;
            used.merge(result.op(), result.verdict().used(), Math::max);
        }
        StringBuilder table =
                new StringBuilder("%s of backend %s on %s, seed %d%n%n".formatted(level, backend, device, seed));
        table.append("%-12s %6s %6s %12s %7s %6s %15s%n"
                .formatted("op", "pass", "fail", "unsupported", "waived", "error", "bound used"));
        counts.forEach((op, n) -> table.append("%-12s %6d %6d %12d %7d %6d %14.1f%%%n"
                .formatted(op, n[0], n[1], n[2], n[3], n[4], 100 * used.get(op))));
        table.append("%n%s: %d cases, %d pass, %d fail, %d unsupported, %d error%n"
                .formatted(
                        passed() ? "PASS" : "FAIL",
                        results.size(),
                        count(Outcome.PASS),
                        count(Outcome.FAIL),
                        count(Outcome.UNSUPPORTED),
                        count(Outcome.ERROR)));
        for (CaseResult result : results) {
            if (result.outcome() != Outcome.PASS) {
                table.append("%s %s: %s%n"
                        .formatted(
                                result.outcome(),
                                result.name(),
                                result.verdict().detail()));
            }
        }
        return table.toString();
    }

    /** The whole report. */
    public Json json() {
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("level", new Json.JsonString(level));
        members.put("backend", new Json.JsonString(backend));
        members.put("device", new Json.JsonString(device));
        members.put("seed", Json.JsonNumber.of(seed));
        members.put("passed", Json.of(passed()));
        List<Json> cases = new ArrayList<>();
        for (CaseResult result : results) {
            Map<String, Json> one = new LinkedHashMap<>();
            one.put("name", new Json.JsonString(result.name()));
            one.put("outcome", new Json.JsonString(result.outcome().name()));
            one.put("boundUsed", Json.of(result.verdict().used()));
            one.put("detail", new Json.JsonString(result.verdict().detail()));
            cases.add(new Json.JsonObject(one));
        }
        members.put("cases", new Json.JsonArray(cases));
        return new Json.JsonObject(members);
    }
}
