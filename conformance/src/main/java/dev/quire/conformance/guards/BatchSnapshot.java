package dev.quire.conformance.guards;

import dev.quire.api.step.GroupStep;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.api.step.StepBatch;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A batch's arrays as they were when it was submitted (RULES M10). */
public final class BatchSnapshot {
    private final Map<String, int[]> arrays;
    private final Map<String, int[]> copies = new LinkedHashMap<>();

    /** Copies every array of {@code batch}. */
    public BatchSnapshot(StepBatch batch) {
        this.arrays = arrays(batch);
        arrays.forEach((name, array) -> copies.put(name, array.clone()));
    }

    private static Map<String, int[]> arrays(StepBatch batch) {
        Map<String, int[]> all = new LinkedHashMap<>();
        all.put("tokens", batch.tokens().ids());
        all.put("positions", batch.positions());
        all.put("queryStarts", batch.queryStarts());
        all.put("logitRows", batch.logitRows());
        all.put("adapters", batch.adapters());
        for (int g = 0; g < batch.groups().size(); g++) {
            GroupStep group = batch.groups().get(g);
            all.put("contextLengths of group " + g, group.contextLengths());
            all.put("blockTables of group " + g, group.blockTables());
            all.put("slots of group " + g, group.slots());
        }
        for (int r = 0; r < batch.sampling().size(); r++) {
            Adjustments a = batch.sampling().get(r).adjustments();
            all.put("seen of row " + r, a.seen());
            all.put("produced of row " + r, a.produced());
            all.put("counts of row " + r, a.counts());
            all.put("biased of row " + r, a.biased());
            all.put("allowed of row " + r, a.allowed());
        }
        return all;
    }

    /** The first array that has changed. */
    public Optional<Violation> violation() {
        for (Map.Entry<String, int[]> entry : arrays.entrySet()) {
            int at = Arrays.mismatch(entry.getValue(), copies.get(entry.getKey()));
            if (at >= 0) {
                return Optional.of(new Violation(
                        "M10",
                        "the batch's %s changed at %d: %d became %d"
                                .formatted(entry.getKey(), at, copies.get(entry.getKey())[at], entry.getValue()[at])));
            }
        }
        return Optional.empty();
    }
}
