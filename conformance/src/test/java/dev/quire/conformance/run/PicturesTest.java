package dev.quire.conformance.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.ErrorMap;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class PicturesTest {
    private static final ErrorMap MAP = new ErrorMap("out", 1, 1, new double[] {0.5});

    @Test
    void theWorstPassOfEachOpAndEveryFailureKeepTheirMaps() {
        List<CaseResult> results = List.of(
                result("Add/a", Verdict.pass(0.2)),
                result("Add/b", Verdict.pass(0.4)),
                result("Add/c", Verdict.fail(2, "off")),
                result("Add/d", Verdict.fail(3, "off")),
                result("Rope/e", Verdict.pass(0.1)));
        List<String> kept = Pictures.of(results).stream()
                .filter(one -> one.verdict().errors().isPresent())
                .map(CaseResult::name)
                .toList();
        assertEquals(List.of("Add/b", "Add/c", "Add/d", "Rope/e"), kept);
        assertEquals(results.size(), Pictures.of(results).size());
    }

    private static CaseResult result(String name, Verdict verdict) {
        return new CaseResult(name, Level.C1, List.of("N1"), verdict.with(MAP));
    }
}
