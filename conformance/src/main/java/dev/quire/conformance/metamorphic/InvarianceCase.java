package dev.quire.conformance.metamorphic;

import dev.quire.api.AttentionBackend;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.guards.Violation;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Verdict;
import dev.quire.conformance.scenario.LayoutRefused;
import dev.quire.conformance.scenario.Refusal;
import dev.quire.conformance.scenario.Samples;
import dev.quire.conformance.scenario.ScenarioRun;
import dev.quire.conformance.scenario.ScenarioRun.Ran;
import dev.quire.conformance.scenario.ScenarioRun.Watch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Level C2: a program over sequences gives the same rows whichever way they are computed (RULES A6): bitwise in REPRODUCIBLE and where the backend
 * says so, else within twice what one of them may be off.
 *
 * @param required profiles that may not refuse it
 */
record InvarianceCase(Subject subject, Texts texts, Schedule schedule, Set<Profile> required)
        implements ConformanceCase {
    @Override
    public String name() {
        return "Invariance/%s/%s".formatted(subject.name(), schedule.name());
    }

    @Override
    public Level level() {
        return Level.C2;
    }

    @Override
    public List<String> rules() {
        return schedule.rules();
    }

    @Override
    public Verdict run(CaseContext context) {
        Numerics numerics = context.numerics();
        Samples samples = subject.samples();
        Playback.Played alone = played(Schedule.alone(texts));
        Playback.Played other = played(schedule);
        boolean bitwise;
        List<Ran> baseline;
        List<Ran> variant;
        try {
            try (AttentionBackend backend = PartlyOwn.open(context, subject.program())) {
                Optional<String> refusal = Refusal.of(backend, alone.scenario(), numerics);
                if (refusal.isPresent()) {
                    return Verdict.unsupported(refusal.get());
                }
                bitwise = numerics == Numerics.REPRODUCIBLE || backend.info().batchInvariant();
                try (ScenarioRun run = new ScenarioRun(backend, alone.scenario(), samples, numerics, Watch.NONE)) {
                    baseline = run.run();
                }
            }
            try (AttentionBackend backend = PartlyOwn.open(context, subject.program());
                    ScenarioRun run = new ScenarioRun(backend, other.scenario(), samples, numerics, Watch.NONE)) {
                variant = run.run();
                Optional<Violation> violation = run.violation();
                if (violation.isPresent()) {
                    return violation.get().verdict();
                }
            }
        } catch (LayoutRefused e) {
            return Verdict.unsupported(e.getMessage());
        }
        Map<SamePlace, int[]> expected = new HashMap<>();
        Sameness.eachRow(subject, alone, baseline, expected::put);
        Tolerance tolerance = bitwise ? Tolerance.BITWISE : Tolerance.of(subject, alone, samples, numerics);
        Sameness sameness = new Sameness(
                subject,
                texts,
                expected,
                tolerance,
                schedule.rules().getFirst(),
                "when computed as '%s'".formatted(schedule.name()),
                "alone (A6)");
        Sameness.eachRow(subject, other, variant, sameness::compare);
        return sameness.verdict();
    }

    private Playback.Played played(Schedule way) {
        return Playback.of(subject, texts, way, subject.samples().random(name()));
    }
}
