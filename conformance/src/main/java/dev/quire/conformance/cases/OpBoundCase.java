package dev.quire.conformance.cases;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.conformance.guards.Violation;
import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Verdict;
import dev.quire.conformance.scenario.LayoutRefused;
import dev.quire.conformance.scenario.Samples;
import dev.quire.conformance.scenario.Scenario;
import dev.quire.conformance.scenario.ScenarioRun;
import dev.quire.conformance.scenario.ScenarioRun.Ran;
import dev.quire.conformance.scenario.ScenarioRun.Watch;
import java.util.List;
import java.util.Optional;

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
    public boolean required(Profile profile) {
        return op.required().contains(profile);
    }

    @Override
    public Verdict run(CaseContext context) {
        Scenario scenario = op.scenario().get();
        List<Ran> actual;
        try (AttentionBackend backend = context.open().get()) {
            Optional<String> refusal = refusal(backend, scenario, context.numerics());
            if (refusal.isPresent()) {
                return Verdict.unsupported(refusal.get());
            }
            try (ScenarioRun run = new ScenarioRun(backend, scenario, samples, context.numerics(), Watch.BLOCKS)) {
                actual = run.run();
                Optional<Violation> violation = run.violation();
                if (violation.isPresent()) {
                    Violation v = violation.get();
                    return Verdict.fail(Double.POSITIVE_INFINITY, "%s: %s".formatted(v.rule(), v.detail()));
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

    /** Why the backend does not run the scenario, if it does not. */
    private static Optional<String> refusal(AttentionBackend backend, Scenario scenario, Numerics numerics) {
        for (CacheGroup group : scenario.layout().map(layout -> layout.groups()).orElse(List.of())) {
            if (group instanceof CacheGroup.PagedKv kv
                    && !backend.info().cacheTypes().contains(kv.dtype())) {
                return Optional.of("no KV cache of %s; it has %s"
                        .formatted(kv.dtype(), backend.info().cacheTypes()));
            }
        }
        for (Program program : scenario.programs()) {
            for (Op one : program.expand(
                            composite -> !backend.supports(composite, numerics).granted())
                    .ops()) {
                if (backend.supports(one, numerics) instanceof Support.No(String reason)) {
                    return Optional.of("%s: %s".formatted(one.kind(), reason));
                }
            }
        }
        return Optional.empty();
    }
}
