package dev.quire.conformance.cases;

import dev.quire.api.program.Activation;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.oracle.Selection;
import dev.quire.conformance.scenario.Action;
import dev.quire.conformance.scenario.Draw;
import dev.quire.conformance.scenario.PagedScene;
import dev.quire.conformance.scenario.Samples;
import dev.quire.conformance.scenario.Scenario;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Steps that read what steps before them write, all issued before any is done: through buffers, and through sampled tokens. */
final class OrderCases {
    private static final int VOCABULARY = 97;
    private static final int ROWS = 7;

    private static final Value LOOKED_UP = Value.tokens("looked up", VOCABULARY);

    private final Samples samples;

    OrderCases(Samples samples) {
        this.samples = samples;
    }

    List<OpCase> list() {
        return List.of(
                one("Order/buffers", "T2", this::buffers),
                one("Order/sampled tokens", "T6", this::sampledTokens),
                one("Order/sampled again and again", "T6", this::sampledAgain));
    }

    private static OpCase one(String name, String rule, Supplier<Scenario> scenario) {
        List<String> rules = Stream.of(rule, "T2", "T3", "M9", "M10").distinct().toList();
        return new OpCase(name, rules, rule, OpCases.MODEL, () -> scenario.get().issuedAhead());
    }

    /** Long and short steps in turn, each on the output of the one before. */
    private Scenario buffers() {
        Value a = Value.tokens("a", 1536);
        Value out = Value.tokens("out", 1536);
        Program slow = Program.of(List.of(a), List.of(new Op.Activate(a, Activation.TANH, out)), List.of(out));
        Program quick = Program.of(List.of(a), List.of(new Op.Scale(a, 1.5, out)), List.of(out));
        List<Action> steps = new ArrayList<>();
        float[] x = samples.drawn("buffers", 64, a.width(), Draw.UNIFORM);
        steps.add(Action.Step.preparing(quick, PagedScene.rows(64), Map.of("a", x)));
        for (int i = 0; i < 8; i++) {
            boolean last = i == 7;
            Program program = i % 2 == 0 ? slow : quick;
            StepBatch batch = PagedScene.rows(i % 2 == 0 ? 64 : 5);
            Action.Step step = i % 2 == 0 || last
                    ? Action.Step.judged("link " + i, program, batch, Map.of())
                    : Action.Step.preparing(program, batch, Map.of());
            steps.add(step.linked("a", i % 2 == 0 ? 0 : i, out));
        }
        return Scenario.of(steps);
    }

    /** Rows in another order, twice, and known tokens between them. */
    private Scenario sampledTokens() {
        return Scenario.of(List.of(
                sample("draw").judging(Selection.ALL), lookUp("known").fed(0, new int[] {5, -1, 0, 3, 3, -1, 6})));
    }

    /** A chain: each table row says which token follows. */
    private Scenario sampledAgain() {
        List<Action> steps = new ArrayList<>();
        steps.add(sample("first"));
        int[] rows = {1, 2, 3, 4, 5, 6, 0};
        for (int i = 0; i < 5; i++) {
            int sampling = steps.size() - 1;
            steps.add(lookUp("look-up " + i).fed(sampling, rows));
            Program greedy = Program.sampling(VOCABULARY, 0);
            StepBatch batch = StepBatch.sampling(rows, Collections.nCopies(ROWS, SamplingRow.GREEDY));
            steps.add(Action.Step.judged("choice " + i, greedy, batch, Map.of())
                    .linked("logits", steps.size() - 1, LOOKED_UP));
        }
        return Scenario.of(steps);
    }

    private Action.Step sample(String name) {
        List<SamplingRow> rows = new ArrayList<>();
        int[] from = new int[ROWS];
        for (int r = 0; r < ROWS; r++) {
            from[r] = r;
            rows.add(new SamplingRow(1, 0, 1, 0, 77 + r, r, OptionalInt.empty(), -1, Adjustments.NONE));
        }
        float[] logits = samples.floats(name + "logits", ROWS * VOCABULARY, 2);
        return Action.Step.preparing(
                Program.sampling(VOCABULARY, 0), StepBatch.sampling(from, rows), Map.of("logits", logits));
    }

    private static Action.Step lookUp(String name) {
        WeightRef table = new WeightRef("next", VOCABULARY, VOCABULARY, WeightFormat.BF16);
        Op op = new Op.Embed(Value.TOKENS, table, 0, LOOKED_UP);
        Program program = Program.of(List.of(Value.TOKENS), List.of(op), List.of(LOOKED_UP));
        int[] ids = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            ids[i] = 11 * i;
        }
        return Action.Step.judged(name, program, PagedScene.plain(ids, new int[ROWS], new int[0]), Map.of());
    }
}
