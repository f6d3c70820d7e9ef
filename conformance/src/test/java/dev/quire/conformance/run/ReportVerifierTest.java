package dev.quire.conformance.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.ConformanceReport;
import dev.quire.conformance.report.Kit;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.ReportJson;
import dev.quire.conformance.report.RunLog;
import dev.quire.conformance.report.Subject;
import dev.quire.conformance.report.Verdict;
import dev.quire.conformance.waivers.DriverRange;
import dev.quire.conformance.waivers.NamePattern;
import dev.quire.conformance.waivers.Waiver;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Reports that a cheat would write: all rest on one that is good. */
class ReportVerifierTest {
    private static final LocalDate DAY = LocalDate.of(2031, 5, 6);
    private static final long SEED = 7;

    @Test
    void aGoodReportIsTrusted() throws Exception {
        ReportVerifier.Verification good = verify(text(kit(), List.of(), results()));
        assertEquals(List.of(), good.problems());
        assertTrue(good.text().startsWith("OK: abacus on Beads in FAST, profile model, "), good.text());
    }

    @Test
    void aChangedMemberBreaksTheDigest() throws Exception {
        String text = text(kit(), List.of(), results());
        String changed = text.replaceFirst("\"device\": \"Beads\"", "\"device\": \"Pebbles\"");
        assertNotEquals(text, changed);
        assertProblem("the digest is ", changed);
    }

    @Test
    void aFailureThatIsCalledAPassIsSeenInTheSummary() throws Exception {
        List<CaseResult> results = results();
        results.set(3, with(results.get(3), Verdict.fail(2, "off")));
        assertProblem("the summary is ", text(kit(), List.of(), results).replace("\"FAIL\",", "\"PASS\","));
    }

    @Test
    void aPassBeyondItsBoundIsNone() throws Exception {
        List<CaseResult> results = results();
        results.set(3, with(results.get(3), Verdict.pass(1.5)));
        assertProblem("passes with an error of 1.5 times its bound", text(kit(), List.of(), results));
    }

    @Test
    void aMissingADoubledAndAForeignCaseAreNamed() throws Exception {
        List<CaseResult> results = results();
        CaseResult dropped = results.removeLast();
        assertProblem(
                "1 cases of this kit are missing, such as [%s]".formatted(dropped.name()),
                text(kit(), List.of(), results));
        results.add(results.getFirst());
        assertProblem("is not one of this kit's, or stands twice", text(kit(), List.of(), results));
        results.set(results.size() - 1, new CaseResult("Easy/one", Level.C1, List.of("N1"), Verdict.pass(0)));
        assertProblem("case 'Easy/one' is not one of this kit's", text(kit(), List.of(), results));
    }

    @Test
    void aCaseOfAnotherLevelIsNamed() throws Exception {
        List<CaseResult> results = results();
        CaseResult first = results.getFirst();
        results.set(0, new CaseResult(first.name(), Level.C3, first.rules(), first.verdict()));
        assertProblem("is of level C1", text(kit(), List.of(), results));
    }

    @Test
    void anotherKitIsNotTrusted() throws Exception {
        Kit other = new Kit(kit().version(), "00", kit().spi());
        assertProblem("made by another kit: ", text(other, List.of(), results()));
    }

    @Test
    void aWaiverThatExpiredSinceTheRunIsNoExcuse() throws Exception {
        List<CaseResult> results = results();
        Waiver waiver = new Waiver(
                new NamePattern("Beads"),
                DriverRange.ALL,
                Optional.empty(),
                new NamePattern(results.get(3).name()),
                "sticks",
                "https://example.org/1",
                DAY);
        Verdict failed = Verdict.fail(2, "off");
        Verdict waived = new Verdict(dev.quire.conformance.report.Outcome.WAIVED, 2, failed.detail(), Optional.empty());
        results.set(3, with(results.get(3), waived));
        String text = text(kit(), List.of(waiver), results);
        assertEquals(List.of(), verify(text).problems());
        String later = ReportVerifier.verify(text, DAY.plusDays(1)).text();
        assertTrue(later.contains("no waiver for it is in force on 2031-05-07"), later);
        assertTrue(later.contains("expired on 2031-05-06"), later);
        assertProblem("no waiver for it is in force", text(kit(), List.of(), results));
    }

    @Test
    void whatIsNoReportIsSaidToBeNone() throws Exception {
        assertProblem("no report: ", "{");
        assertProblem("a report is a JSON object", "[]");
        assertProblem("no report: report has no member 'format'", "{}");
        assertProblem("this kit reads", "{\"format\": \"other\"}");
    }

    private static void assertProblem(String problem, String text) throws Exception {
        String said = verify(text).text();
        assertTrue(said.contains(problem), said);
        assertTrue(said.endsWith("this report proves nothing"), said);
    }

    private static ReportVerifier.Verification verify(String text) throws Exception {
        return ReportVerifier.verify(text, DAY);
    }

    private static CaseResult with(CaseResult result, Verdict verdict) {
        return new CaseResult(result.name(), result.level(), result.rules(), verdict);
    }

    private static Kit kit() throws Exception {
        return KitIdentity.own();
    }

    private static List<CaseResult> results() {
        List<CaseResult> results = new ArrayList<>();
        for (ConformanceCase one : CaseSelection.all(Numerics.FAST, Level.C3, Depth.FULL, SEED)) {
            results.add(new CaseResult(one.name(), one.level(), one.rules(), Verdict.pass(0.5)));
        }
        return results;
    }

    private static String text(Kit kit, List<Waiver> waivers, List<CaseResult> results) {
        List<String> args = List.of("--backend", "abacus", "--seed", String.valueOf(SEED));
        List<RunLog.Entry> log = results.stream()
                .map(one -> new RunLog.Entry(Duration.ofMillis(1), ""))
                .toList();
        Subject subject = new Subject("abacus", 0, "Beads", "10.2", "wood", "a JVM", "a system");
        Instant started = DAY.atTime(1, 2).toInstant(java.time.ZoneOffset.UTC);
        return ReportJson.json(new ConformanceReport(
                        kit,
                        subject,
                        Arguments.parse("quire", args).options().scope(),
                        waivers,
                        results,
                        new RunLog(started, log)))
                .text();
    }
}
