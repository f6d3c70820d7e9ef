package dev.quire.core.scheduler;

import dev.quire.core.cache.BlockCopies;
import dev.quire.core.cache.BlockTable;
import dev.quire.core.scheduler.StepPlan.Run;
import dev.quire.core.scheduler.StepPlan.Sample;
import dev.quire.core.scheduler.StepPlan.TokenOrigin;
import java.util.ArrayList;
import java.util.List;

/** A step while it is planned: what it has taken up, and what is left of its budgets. */
final class PlanDraft {
    private final long step;
    private final int maxTokens;
    private final int maxRows;
    private final BlockCopies copies = new BlockCopies();
    private final List<Run> runs = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private int tokens;
    private int rows;
    private int setAside;
    private boolean shortOfBlocks;

    /** @param decodes running sequences with one token to compute: a token and a row are set aside for each */
    PlanDraft(long step, SchedulerOptions options, int decodes) {
        this.step = step;
        this.maxTokens = options.maxNumBatchedTokens();
        this.maxRows = options.maxLogitRows();
        this.setAside = decodes;
    }

    long step() {
        return step;
    }

    BlockCopies copies() {
        return copies;
    }

    /** A decode takes up what was set aside for it, or has lost its blocks and will not. */
    void settleDecode() {
        setAside--;
    }

    /** Someone running did not find its blocks: no one is admitted in this step. */
    void noteShortOfBlocks() {
        shortOfBlocks = true;
    }

    boolean isShortOfBlocks() {
        return shortOfBlocks;
    }

    /** How many of the sequence's tokens this step can compute; 0 if the budgets are spent. */
    int chunk(Sequence sequence) {
        int freeTokens = maxTokens - tokens - setAside;
        int freeRows = maxRows - rows - setAside;
        int count = Math.min(sequence.unscheduled(), freeTokens);
        if (sequence.owesPromptRows()) {
            // Rows are wanted from promptRowsDone to the end of the prompt, where the run stops.
            int withoutRows = Math.max(0, sequence.promptRowsDone - sequence.scheduled);
            count = Math.min(count, sequence.promptLength() - sequence.scheduled);
            return Math.max(0, Math.min(count, withoutRows + freeRows));
        }
        boolean samples = count == sequence.unscheduled();
        return Math.max(0, samples && freeRows < 1 ? count - 1 : count);
    }

    /** Takes up the sequence's next {@code count} tokens, and its sample if these are all. */
    void add(Sequence sequence, BlockTable table, int count) {
        int first = sequence.scheduled;
        int end = first + count;
        boolean sampled = count == sequence.unscheduled();
        int wanted = sampled ? 1 : 0;
        if (sequence.owesPromptRows()) {
            wanted = Math.max(0, end - Math.max(first, sequence.promptRowsDone));
        }
        TokenOrigin last = end > sequence.length() ? sequence.lastToken : TokenOrigin.Known.HISTORY;
        runs.add(new Run(sequence, table, first, count, rows, wanted, last));
        tokens += count;
        rows += wanted;
        sequence.scheduled = end;
        sequence.lastPlanned = step;
        sequence.inFlight++;
        if (sampled) {
            sample(sequence);
        }
    }

    /** Samples a token for the sequence from the last row so far. */
    void sample(Sequence sequence) {
        sequence.lastToken = new TokenOrigin.SampledBy(step, samples.size());
        samples.add(new Sample(sequence, rows - 1, sequence.length() + sequence.pending));
        sequence.pending++;
        sequence.inFlight++;
        sequence.lastPlanned = step;
    }

    StepPlan finish() {
        return new StepPlan(step, copies, List.copyOf(runs), List.copyOf(samples), tokens, rows);
    }
}
