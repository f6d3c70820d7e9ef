package dev.quire.conformance.cases;

import dev.quire.api.AttentionBackend;
import dev.quire.api.program.Op;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.conformance.guards.Violation;
import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Verdict;
import dev.quire.conformance.scenario.LayoutRefused;
import dev.quire.conformance.scenario.Refusal;
import dev.quire.conformance.scenario.Samples;
import dev.quire.conformance.scenario.Scenario;
import dev.quire.conformance.scenario.ScenarioRun;
import dev.quire.conformance.scenario.ScenarioRun.Ran;
import dev.quire.conformance.scenario.ScenarioRun.Watch;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Level C1: an op within its bound of the oracle (RULES N1), in REPRODUCIBLE of the very bits of the bits interpreter (N2), and nothing else
 * changed.
 */
record OpBoundCase(OpCase op, Samples samples) implements ConformanceCase {
    @Override
    public String name() {
        return op.name();
    }

    @Override
    public Level level() {
        return Level.C1;
    }

    @Override
    public List<String> rules() {
        return op.rules();
    }

    @Override
    public Set<Profile> required() {
        return op.required();
    }

    @Override
    public List<Op> covers() {
        return op.scenario().get().ops();
    }

    @Override
    public Verdict run(CaseContext context) {
        Scenario scenario = op.scenario().get();
        List<Ran> actual;
        Optional<String> earlier = op.earlier().flatMap(before -> leave(context, before.get()));
        if (earlier.isPresent()) {
            return Verdict.unsupported(earlier.get());
        }
        try (AttentionBackend backend = context.open().get()) {
            Optional<String> refusal = Refusal.of(backend, scenario, context.numerics());
            if (refusal.isPresent()) {
                return Verdict.unsupported(refusal.get());
            }
            try (ScenarioRun run = new ScenarioRun(backend, scenario, samples, context.numerics(), Watch.BLOCKS)) {
                actual = run.run();
                Optional<Violation> violation = run.violation();
                if (violation.isPresent()) {
                    return violation.get().verdict();
                }
            } catch (LayoutRefused e) {
                return Verdict.unsupported(e.getMessage());
            }
        }
        Comparison comparison = new Comparison(op.rules().getFirst(), op.canon());
        try (AttentionBackend oracle = new OracleBackend(context.numerics());
                ScenarioRun run = new ScenarioRun(oracle, scenario, samples, Numerics.FAST, Watch.NONE)) {
            comparison.withOracle(run.run(), actual);
        }
        if (context.numerics() == Numerics.REPRODUCIBLE && comparison.passes()) {
            try (AttentionBackend bits = new BitsBackend();
                    ScenarioRun run = new ScenarioRun(bits, scenario, samples, Numerics.REPRODUCIBLE, Watch.NONE)) {
                comparison.withBits(run.run(), actual);
            }
        }
        return comparison.verdict();
    }

    /** Runs a scenario whose results do not matter; says why not, if it is refused. */
    private Optional<String> leave(CaseContext context, Scenario scenario) {
        try (AttentionBackend backend = context.open().get()) {
            Optional<String> refusal = Refusal.of(backend, scenario, context.numerics());
            if (refusal.isEmpty()) {
                try (ScenarioRun run = new ScenarioRun(backend, scenario, samples, context.numerics(), Watch.NONE)) {
                    run.run();
                } catch (LayoutRefused e) {
                    return Optional.of(e.getMessage());
                }
            }
            return refusal;
        }
    }
}
