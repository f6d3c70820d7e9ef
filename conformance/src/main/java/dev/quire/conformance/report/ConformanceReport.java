package dev.quire.conformance.report;

import dev.quire.conformance.waivers.Waiver;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/**
 * What a run found.
 *
 * @param waivers all of the waiver file
 * @param results in the order of the cases
 * @param log times and output, which nothing is judged by; one entry per result
 */
public record ConformanceReport(
        Kit kit, Subject subject, Scope scope, List<Waiver> waivers, List<CaseResult> results, RunLog log) {
    public ConformanceReport {
        waivers = List.copyOf(waivers);
        results = List.copyOf(results);
        if (results.size() != log.cases().size()) {
            throw new IllegalArgumentException("%d results, but %d entries in the log"
                    .formatted(results.size(), log.cases().size()));
        }
    }

    /** How many cases ended so. */
    public long count(Outcome outcome) {
        return results.stream().filter(result -> result.outcome() == outcome).count();
    }

    /** What is wrong with the waivers, on the day of the run. */
    public List<String> waiverFaults() {
        return waiverFaults(LocalDate.ofInstant(log.started(), ZoneOffset.UTC));
    }

    /** What is wrong with the waivers on a day. */
    public List<String> waiverFaults(LocalDate day) {
        return new WaiverCheck(subject, scope, waivers).faults(results, day);
    }

    /** The verdict. */
    public Certificate certificate() {
        return Certificate.of(scope, results, waiverFaults());
    }

    /** No case failed or was lost, no waiver is stale, and at least one case passed: a run that compared nothing proves nothing. */
    public boolean passed() {
        return count(Outcome.PASS) > 0
                && count(Outcome.FAIL) == 0
                && count(Outcome.ERROR) == 0
                && waiverFaults().isEmpty();
    }

    /** Counts by level and op, what did not pass with the command that repeats it, and the verdict. */
    public String table() {
        return new ReportTable(this).text();
    }
}
