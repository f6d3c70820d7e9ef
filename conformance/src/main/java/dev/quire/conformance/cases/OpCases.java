package dev.quire.conformance.cases;

import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.scenario.Action;
import dev.quire.conformance.scenario.Draw;
import dev.quire.conformance.scenario.PagedScene;
import dev.quire.conformance.scenario.Samples;
import dev.quire.conformance.scenario.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects cases of ops without a cache. Each runs one executable on steps of several sizes, the largest first with NaN everywhere, so that nothing
 * that is left in a workspace may count.
 */
final class OpCases {
    /** Profiles that require ops other than attention. */
    static final Set<Profile> MODEL = Set.of(Profile.MODEL);

    private final Samples samples;
    private final List<OpCase> cases = new ArrayList<>();

    OpCases(Samples samples) {
        this.samples = samples;
    }

    /**
     * What cases of a kind have in common.
     *
     * @param kind op and variant
     * @param rules that they prove, the one that they are about first
     * @param canon the rule that defines their bits
     * @param required profiles that may not refuse them
     */
    record Kind(String kind, List<String> rules, String canon, Set<Profile> required) {
        static Kind of(String kind, String canon, String... others) {
            List<String> rules = new ArrayList<>(List.of(canon));
            rules.addAll(List.of(others));
            rules.addAll(List.of("N1", "M9", "M10", "T7"));
            return new Kind(kind, rules.stream().distinct().toList(), canon, MODEL);
        }

        /** Not required by any profile. */
        Kind optional() {
            return new Kind(kind, rules, canon, Set.of());
        }
    }

    Samples samples() {
        return samples;
    }

    List<OpCase> list() {
        return cases;
    }

    /** Steps of so many rows each, draws in turn. */
    void add(Kind kind, Op op, int... rows) {
        add(kind, op, Map.of(), rows);
    }

    /**
     * Steps of so many rows each.
     *
     * @param fixed values of inputs that are to repeat over all rows, by name
     */
    void add(Kind kind, Op op, Map<String, float[]> fixed, int... rows) {
        String name =
                "%s/width=%d".formatted(kind.kind(), op.inputs().getFirst().width());
        cases.add(new OpCase(name, kind.rules(), kind.canon(), kind.required(), () -> scenario(name, op, fixed, rows)));
    }

    private Scenario scenario(String name, Op op, Map<String, float[]> fixed, int[] rows) {
        Program program = Program.of(op.inputs(), List.of(op), op.outputs());
        List<Action> steps = new ArrayList<>();
        int most = Arrays.stream(rows).max().orElseThrow();
        steps.add(Action.Step.preparing(program, batch(name, most), poison(op, most)));
        Draw first = Draw.UNIFORM;
        for (int n : rows) {
            String label = "rows=" + n;
            Map<String, float[]> inputs = new HashMap<>();
            for (Value value : floats(op)) {
                float[] repeated = fixed.get(value.name());
                String stream = name + label + value.name();
                inputs.put(
                        value.name(),
                        repeated == null
                                ? samples.rows(stream, n, value.width(), first)
                                : repeated(repeated, n * value.width()));
            }
            steps.add(Action.Step.judged(label, program, batch(name + label, n), inputs));
            first = Draw.values()[(first.ordinal() + 1) % Draw.values().length];
        }
        return Scenario.of(steps);
    }

    void add(OpCase one) {
        cases.add(one);
    }

    private static List<Value> floats(Op op) {
        return op.inputs().stream()
                .filter(value -> value.dtype() == DType.F32)
                .distinct()
                .toList();
    }

    private static Map<String, float[]> poison(Op op, int rows) {
        Map<String, float[]> inputs = new HashMap<>();
        for (Value value : floats(op)) {
            float[] nan = new float[rows * value.width()];
            Arrays.fill(nan, Float.NaN);
            inputs.put(value.name(), nan);
        }
        return inputs;
    }

    private static float[] repeated(float[] values, int n) {
        float[] all = new float[n];
        for (int i = 0; i < n; i++) {
            all[i] = values[i % values.length];
        }
        return all;
    }

    /** Ids below 298, positions below 2000, some rows wanted. */
    private StepBatch batch(String name, int rows) {
        int[] ids = samples.random(name + "ids").ints(rows, 0, 298).toArray();
        int[] positions = samples.random(name + "at").ints(rows, 0, 2000).toArray();
        int[] wanted = rows < 3 ? new int[] {rows - 1} : new int[] {0, 1, rows - 1};
        return PagedScene.plain(ids, positions, wanted);
    }
}
