package dev.quire.conformance.report;

import static dev.quire.conformance.report.Reports.report;
import static dev.quire.conformance.report.Reports.result;
import static dev.quire.conformance.report.Reports.scope;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.Numerics;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CertificateTest {
    private static final CaseResult ONE = result("Add/a", Level.C1, Outcome.PASS);
    private static final CaseResult TWO = result("Add/b", Level.C2, Outcome.PASS);
    private static final CaseResult THREE = result("Model/c", Level.C3, Outcome.PASS);
    private static final CaseResult FOUR = result("Model/d", Level.C4, Outcome.PASS);

    @Test
    void theHighestLevelIsCertifiedOfWhichAllCasesAndAllBeforePassed() {
        assertEquals("certified C3", verdict(ONE, TWO, THREE));
        assertEquals(
                "certified C1 (C2: 1 of 2 cases failed)",
                verdict(ONE, TWO, result("x/", Level.C2, Outcome.FAIL), THREE));
        assertEquals(
                "not certified: C1: 1 of 2 cases failed", verdict(ONE, result("x/", Level.C1, Outcome.ERROR), TWO));
        assertEquals("certified C1 (C2: no case was run)", verdict(ONE, THREE));
        assertEquals(
                "certified C2 (C3: none of 1 cases passed)",
                verdict(ONE, TWO, result("x/", Level.C3, Outcome.UNSUPPORTED)));
    }

    @Test
    void waivedAndRefusedCasesAreNoHindrance() {
        assertEquals("certified C3", verdict(ONE, TWO, THREE, result("x/", Level.C1, Outcome.UNSUPPORTED)));
    }

    @Test
    void onlyReproducibleReachesTheFourthLevel() {
        List<CaseResult> all = List.of(ONE, TWO, THREE, FOUR);
        assertEquals(
                Optional.of(Level.C3),
                report(scope(Numerics.FAST), List.of(), all).certificate().level());
        assertEquals(
                Optional.of(Level.C4),
                report(scope(Numerics.REPRODUCIBLE), List.of(), all)
                        .certificate()
                        .level());
    }

    @Test
    void aPartOfTheCasesCertifiesNothing() {
        ConformanceReport quick = report(scope(Numerics.FAST, "--quick"), List.of(), List.of(ONE, TWO, THREE));
        assertTrue(quick.passed());
        assertEquals(
                "not certified: --quick runs a part of the cases",
                quick.certificate().text());
    }

    @Test
    void aRunOfNoCasesOrOfRefusalsAloneIsNoPass() {
        assertFalse(report().passed());
        assertFalse(report(result("x/", Level.C1, Outcome.UNSUPPORTED)).passed());
        assertTrue(report(ONE).passed());
        assertFalse(report(ONE, result("x/", Level.C1, Outcome.ERROR)).passed());
    }

    private static String verdict(CaseResult... results) {
        return report(results).certificate().text();
    }
}
