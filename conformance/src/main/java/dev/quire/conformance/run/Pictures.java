package dev.quire.conformance.run;

import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which error maps a report keeps: of each op the worst that passed, and all that did not pass. A map of every case would be megabytes. */
final class Pictures {
    private Pictures() {}

    static List<CaseResult> of(List<CaseResult> results) {
        Map<String, CaseResult> worst = new HashMap<>();
        for (CaseResult result : results) {
            if (result.outcome() == Outcome.PASS && result.verdict().errors().isPresent()) {
                worst.merge(
                        result.op(),
                        result,
                        (a, b) -> b.verdict().used() > a.verdict().used() ? b : a);
            }
        }
        Set<CaseResult> kept = Set.copyOf(worst.values());
        return results.stream()
                .map(one -> one.outcome() != Outcome.PASS || kept.contains(one) ? one : without(one))
                .toList();
    }

    private static CaseResult without(CaseResult one) {
        return new CaseResult(
                one.name(), one.level(), one.rules(), one.verdict().withoutErrors());
    }
}
