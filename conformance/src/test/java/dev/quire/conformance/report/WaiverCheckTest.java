package dev.quire.conformance.report;

import static dev.quire.conformance.report.Reports.DAY;
import static dev.quire.conformance.report.Reports.report;
import static dev.quire.conformance.report.Reports.result;
import static dev.quire.conformance.report.Reports.scope;
import static dev.quire.conformance.report.Reports.waiver;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.waivers.DriverRange;
import dev.quire.conformance.waivers.NamePattern;
import dev.quire.conformance.waivers.Waiver;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WaiverCheckTest {
    private static final CaseResult GOOD = result("Add/a", Level.C1, Outcome.PASS);
    private static final CaseResult WAIVED = result("Add/b", Level.C1, Outcome.WAIVED);

    @Test
    void aWaiverThatIsNeededAndInForceIsNoFault() {
        ConformanceReport report = report(scope(Numerics.FAST), List.of(waiver("Add/*", DAY)), List.of(GOOD, WAIVED));
        assertEquals(List.of(), report.waiverFaults());
        assertTrue(report.passed());
    }

    @Test
    void anExpiredWaiverFailsTheRunAndIsNamed() {
        Waiver expired = waiver("Add/*", DAY.minusDays(1));
        ConformanceReport report = report(scope(Numerics.FAST), List.of(expired), List.of(GOOD));
        assertEquals(
                List.of(
                        "the waiver of 'Add/*' (a bead sticks) expired on 2031-05-05; mend the backend, or give it a new date"),
                report.waiverFaults());
        assertFalse(report.passed());
        assertEquals(Optional.empty(), report.certificate().level());
    }

    @Test
    void aWaiverThatNoCaseNeedsFailsTheRunAndIsNamed() {
        for (String cases : List.of("Add/a", "Sub/*")) {
            ConformanceReport report = report(
                    scope(Numerics.FAST),
                    List.of(waiver(cases, DAY)),
                    List.of(GOOD, result("x/", Level.C2, Outcome.PASS)));
            assertEquals(
                    List.of("the waiver of '%s' (a bead sticks) is no longer needed; delete it".formatted(cases)),
                    report.waiverFaults());
            assertFalse(report.passed());
        }
    }

    @Test
    void aSecondWaiverOfTheSameCaseIsNotNeeded() {
        List<Waiver> both = List.of(waiver("Add/b", DAY), waiver("Add/*", DAY));
        assertEquals(
                1,
                report(scope(Numerics.FAST), both, List.of(GOOD, WAIVED))
                        .waiverFaults()
                        .size());
    }

    @Test
    void aRunOfSomeCasesDoesNotSayWhichWaiversAreNeeded() {
        List<Waiver> one = List.of(waiver("Add/*", DAY));
        assertEquals(
                List.of(),
                report(scope(Numerics.FAST, "--quick"), one, List.of(GOOD)).waiverFaults());
    }

    @Test
    void waiversOfOtherDevicesDriversAndModesAreOfNoConcern() {
        Waiver mine = waiver("Add/*", DAY.minusDays(1));
        Waiver device = new Waiver(
                new NamePattern("Sticks"), mine.drivers(), mine.numerics(), mine.cases(), "r", "l", mine.expires());
        Waiver driver = new Waiver(
                mine.device(), new DriverRange("10.10", ""), mine.numerics(), mine.cases(), "r", "l", mine.expires());
        Waiver mode = new Waiver(
                mine.device(),
                mine.drivers(),
                Optional.of(Numerics.REPRODUCIBLE),
                mine.cases(),
                "r",
                "l",
                mine.expires());
        assertEquals(
                List.of(),
                report(scope(Numerics.FAST), List.of(device, driver, mode), List.of(GOOD))
                        .waiverFaults());
        assertEquals(
                1,
                report(scope(Numerics.REPRODUCIBLE), List.of(mode), List.of(GOOD))
                        .waiverFaults()
                        .size());
    }
}
