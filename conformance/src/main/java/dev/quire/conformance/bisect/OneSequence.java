package dev.quire.conformance.bisect;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The steps of one sequence that has the cache for itself: the prompt, then one token at a time. */
final class OneSequence {
    private final List<CacheGroup> groups;
    private int[] tokens;
    private int context;

    OneSequence(Subject subject) {
        groups = subject.layout().groups();
        tokens = subject.prompt().clone();
    }

    StepBatch next() {
        int[] positions = IntStream.range(context, context + tokens.length).toArray();
        context += tokens.length;
        List<GroupStep> steps = new ArrayList<>();
        for (CacheGroup group : groups) {
            int[] table = IntStream.range(0, group.blocks()).toArray();
            steps.add(new GroupStep(new int[] {context}, table, table.length, positions.clone()));
        }
        return new StepBatch(
                StepTokens.known(tokens),
                positions,
                new int[] {0, tokens.length},
                new int[] {tokens.length - 1},
                new int[0],
                steps,
                List.of());
    }

    /** The most probable token of {@code logits}, as bits, comes next. */
    void append(int[] logits) {
        int best = 0;
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < logits.length; i++) {
            float logit = Float.intBitsToFloat(logits[i]);
            if (logit > highest) {
                highest = logit;
                best = i;
            }
        }
        tokens = new int[] {best};
    }
}
