package dev.quire.conformance.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.ConformanceReport;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.run.MoodyProvider.Mood;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Backends that go wrong in a JVM of their own, and the run that goes on. */
class ConformanceRunTest {
    private static final String SCALE = "Scale/plain/width=33";

    @Test
    void aCrashIsNamedAndTheNextCaseRunsInANewJvm() throws Exception {
        ConformanceReport report = run(Mood.CRASHES, "S*/plain/width=33");
        CaseResult crashed = result(report, SCALE);
        assertEquals(Outcome.ERROR, crashed.outcome());
        assertEquals(
                "crashed: its JVM ended by SIGSEGV (exit status 139)",
                crashed.verdict().detail());
        assertEquals(Outcome.PASS, result(report, "SoftCap/plain/width=33").outcome());
        int at = report.results().indexOf(crashed);
        assertTrue(report.log().cases().get(at).output().contains("the last words"));
        assertTrue(report.table().contains("--seed 4711 --quick --only '%s'".formatted(SCALE)), report.table());
        assertFalse(report.passed());
    }

    @Test
    void aHangIsKilledAndTheNextCaseRuns() throws Exception {
        ConformanceReport report = run(Mood.HANGS, "S*/plain/width=33", "--timeout-per-case", "30");
        assertEquals(
                "hung: no sign of a result within 30 s; its JVM was killed",
                result(report, SCALE).verdict().detail());
        assertEquals(Outcome.PASS, result(report, "SoftCap/plain/width=33").outcome());
    }

    @Test
    void whatABackendThrowsIsAnErrorWithItsCauses() throws Exception {
        String detail = result(run(Mood.THROWS, SCALE), SCALE).verdict().detail();
        assertTrue(detail.contains("IllegalStateException: out of scales, at dev.quire"), detail);
        assertTrue(detail.endsWith("; because of java.lang.ArithmeticException: too heavy"), detail);
        assertTrue(result(run(Mood.OVERFLOWS, SCALE), SCALE)
                .verdict()
                .detail()
                .startsWith("java.lang.StackOverflowError: deep"));
    }

    @Test
    void aWrongResultFailsAndAnAllowedRefusalDoesNot() throws Exception {
        ConformanceReport wrong = run(Mood.WRONG, "S*/plain/*");
        assertEquals(Outcome.FAIL, result(wrong, SCALE).outcome());
        assertFalse(wrong.passed());
        assertEquals(Outcome.FAIL, result(run(Mood.REFUSES, SCALE), SCALE).outcome());
        ConformanceReport refused = run(Mood.REFUSES, "S*/plain/*", "--profile", "attention");
        assertEquals(Outcome.UNSUPPORTED, result(refused, SCALE).outcome());
        assertTrue(refused.passed(), refused.table());
    }

    @Test
    void whatNoDeviceHasRunIsNamedInTheReport() throws Exception {
        String table = run(Mood.SOUND, SCALE).table();
        assertTrue(table.contains("; unproven: its temper on Mondays)"), table);
    }

    @Test
    void aBackendThatCannotBeOpenedIsToldWithItsReason() {
        String crashed = refusal(Mood.CRASHES_WHEN_OPENED);
        assertTrue(
                crashed.startsWith("backend 'moody' cannot be opened: crashed: its JVM ended with exit status 9"),
                crashed);
        String thrown = refusal(Mood.CANNOT_BE_OPENED);
        assertTrue(thrown.contains("cannot be opened: java.lang.IllegalStateException: no driver"), thrown);
    }

    private static String refusal(Mood mood) {
        return assertThrows(UsageException.class, () -> run(mood, SCALE)).getMessage();
    }

    private static CaseResult result(ConformanceReport report, String name) {
        return report.results().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no case '%s' in %s".formatted(name, report.table())));
    }

    static ConformanceReport run(Mood mood, String only, String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of("--backend", "moody", "--quick", "--only", only));
        args.addAll(List.of("--device", String.valueOf(mood.ordinal())));
        args.addAll(List.of(more));
        return ConformanceRun.run(Arguments.parse("./quire conformance", args).options(), each -> {});
    }
}
