package dev.quire.conformance.scenario;

import dev.quire.api.StepLimits;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What happens on a backend, in order, over one cache.
 *
 * @param layout the cache, if an op needs one
 * @param pace whether the caller waits between actions
 */
public record Scenario(Optional<KvCacheLayout> layout, Pace pace, List<Action> actions) {
    /** When the caller waits. */
    public enum Pace {
        /** For each step, before the next action is issued. */
        AWAIT_EACH,
        /** At the end only: all is issued ahead (RULES T2). */
        ISSUE_AHEAD
    }

    public Scenario {
        actions = List.copyOf(actions);
    }

    /** Steps without a cache. */
    public static Scenario of(List<? extends Action> actions) {
        return new Scenario(Optional.empty(), Pace.AWAIT_EACH, List.copyOf(actions));
    }

    /** Actions over a cache. */
    public static Scenario of(KvCacheLayout layout, List<? extends Action> actions) {
        return new Scenario(Optional.of(layout), Pace.AWAIT_EACH, List.copyOf(actions));
    }

    /** The same actions, issued ahead. */
    public Scenario issuedAhead() {
        return new Scenario(layout, Pace.ISSUE_AHEAD, actions);
    }

    /** The steps among the actions. */
    public List<Action.Step> steps() {
        return actions.stream()
                .filter(Action.Step.class::isInstance)
                .map(Action.Step.class::cast)
                .toList();
    }

    /** Each program once, in order of first use. */
    public List<Program> programs() {
        return steps().stream().map(Action.Step::program).distinct().toList();
    }

    /** Every op, composites as they are. */
    public List<Op> ops() {
        return programs().stream()
                .flatMap(program -> program.ops().stream())
                .distinct()
                .toList();
    }

    /** Every weight of the programs. */
    public List<WeightRef> weights() {
        Set<WeightRef> all = new LinkedHashSet<>();
        programs().forEach(program -> all.addAll(program.weights()));
        return List.copyOf(all);
    }

    /** The largest step, in each respect, of a program: no more than is needed. */
    public StepLimits limits(Program program) {
        int tokens = 1;
        int sequences = 1;
        int rows = 1;
        int context = 1;
        for (Action.Step step : steps()) {
            if (step.program().equals(program)) {
                StepBatch batch = step.batch();
                tokens = Math.max(tokens, batch.tokenCount());
                sequences = Math.max(sequences, batch.sequences());
                rows = Math.max(rows, batch.logitRowCount());
                context = Math.max(
                        context, 1 + Arrays.stream(batch.positions()).max().orElse(0));
                for (GroupStep group : batch.groups()) {
                    context = Math.max(
                            context, Arrays.stream(group.contextLengths()).max().orElse(0));
                }
            }
        }
        return new StepLimits(tokens, sequences, rows, context);
    }

    /** Host blocks of a group that swaps name. */
    int hostBlocks(int group) {
        List<Integer> named = new ArrayList<>(List.of(-1));
        for (Action action : actions) {
            if (action instanceof Action.SwapOut(var pairs) && pairs.group() == group) {
                Arrays.stream(pairs.destinations()).forEach(named::add);
            }
        }
        return 1 + named.stream().mapToInt(Integer::intValue).max().orElse(-1);
    }
}
