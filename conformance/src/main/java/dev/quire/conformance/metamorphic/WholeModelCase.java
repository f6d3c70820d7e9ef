package dev.quire.conformance.metamorphic;

import dev.quire.api.AttentionBackend;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.definition.KitBackends;
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
import java.util.Random;
import java.util.Set;

/**
 * Level C1: the logits of a whole random model, whose ops a backend may fuse: the bits of Canon 1 in REPRODUCIBLE, which no table holds since
 * every seed makes another model; near the oracle's in FAST.
 */
record WholeModelCase(SmallModel model, Texts texts, Set<Profile> required) implements ConformanceCase {
    @Override
    public String name() {
        return "Model/" + model.name();
    }

    @Override
    public Level level() {
        return Level.C1;
    }

    @Override
    public List<String> rules() {
        return List.of("N2", "N1", "T7");
    }

    @Override
    public Verdict run(CaseContext context) {
        Numerics numerics = context.numerics();
        Samples samples = model.samples();
        Random random = samples.random(name());
        Schedule way = Schedule.few(texts, random).getFirst();
        Playback.Played played = Playback.of(model, texts, way, random);
        List<Ran> actual;
        try (AttentionBackend backend = PartlyOwn.open(context, model.program())) {
            Optional<String> refusal = Refusal.of(backend, played.scenario(), numerics);
            if (refusal.isPresent()) {
                return Verdict.unsupported(refusal.get());
            }
            try (ScenarioRun run = new ScenarioRun(backend, played.scenario(), samples, numerics, Watch.NONE)) {
                actual = run.run();
            }
        } catch (LayoutRefused e) {
            return Verdict.unsupported(e.getMessage());
        }
        boolean exact = numerics == Numerics.REPRODUCIBLE;
        Map<SamePlace, int[]> expected = new HashMap<>();
        try (AttentionBackend definition = KitBackends.definition(numerics);
                ScenarioRun run = new ScenarioRun(definition, played.scenario(), samples, numerics, Watch.NONE)) {
            Sameness.eachRow(model, played, run.run(), expected::put);
        }
        Sameness sameness = exact
                ? new Sameness(model, texts, expected, Tolerance.BITWISE, "N2", "by the backend", "by Canon 1")
                : new Sameness(
                        model, texts, expected, Tolerance.model(model, 1), "N1", "by the backend", "by the oracle");
        Sameness.eachRow(model, played, actual, sameness::compare);
        return sameness.verdict();
    }
}
