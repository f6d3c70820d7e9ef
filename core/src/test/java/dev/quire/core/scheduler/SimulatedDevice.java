package dev.quire.core.scheduler;

import dev.quire.core.cache.BlockCopies;
import dev.quire.core.scheduler.StepPlan.Run;
import dev.quire.core.scheduler.StepPlan.Sample;
import dev.quire.core.scheduler.StepPlan.TokenOrigin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Runs step plans over a cache of slots, in the order of issue and as late as allowed: a step takes its copy of the block tables when it
 * is issued and touches the cache when it is executed. A slot that means nothing holds poison, and to read it is an error.
 */
final class SimulatedDevice {
    static final long POISON = 0xdeadL;

    private final SimulatedModel model;
    private final int blockSize;
    private final boolean executesCopies;
    private final ToLongFunction<Sequence> salt;
    private final long[] cache;
    private final Map<TokenOrigin.SampledBy, Integer> sampled = new HashMap<>();

    SimulatedDevice(
            SimulatedModel model, int blocks, int blockSize, boolean executesCopies, ToLongFunction<Sequence> salt) {
        this.model = model;
        this.blockSize = blockSize;
        this.executesCopies = executesCopies;
        this.salt = salt;
        this.cache = new long[blocks * blockSize];
        Arrays.fill(cache, POISON);
    }

    /** A step on its way: numbers taken when it was issued. */
    record Issued(StepPlan plan, List<IssuedRun> runs) {
        boolean names(int block) {
            BlockCopies copies = plan.copies();
            for (int i = 0; i < copies.size(); i++) {
                if (copies.source(i) == block) {
                    return true;
                }
            }
            return runs.stream().anyMatch(run -> Arrays.stream(run.blocks()).anyMatch(b -> b == block));
        }
    }

    record IssuedRun(Run run, long salt, int[] blocks, int[] known) {}

    /** @param tokens one for each sample @param rows one for each row of logits */
    record Outcome(int[] tokens, long[] rows) {}

    Issued issue(StepPlan plan) {
        var runs = new ArrayList<IssuedRun>();
        for (Run run : plan.runs()) {
            int[] blocks = new int[(run.end() + blockSize - 1) / blockSize];
            run.table().copyTo(blocks.length, blocks, 0);
            int[] tokens = new int[run.knownTokens()];
            run.copyKnownTokens(tokens, 0);
            runs.add(new IssuedRun(run, salt.applyAsLong(run.sequence()), blocks, tokens));
        }
        return new Issued(plan, runs);
    }

    Outcome execute(Issued step) {
        copyBlocks(step.plan().copies());
        var written = new boolean[cache.length];
        for (IssuedRun issued : step.runs()) {
            write(issued, written);
        }
        long[] rows = new long[step.plan().logitRows()];
        for (IssuedRun issued : step.runs()) {
            readRows(issued, rows);
        }
        List<Sample> samples = step.plan().samples();
        int[] tokens = new int[samples.size()];
        for (int i = 0; i < tokens.length; i++) {
            Sample sample = samples.get(i);
            tokens[i] = model.sample(rows[sample.logitRow()], sample.sequence().choice(), sample.position());
            sampled.put(new TokenOrigin.SampledBy(step.plan().step(), i), tokens[i]);
        }
        return new Outcome(tokens, rows);
    }

    /** What a failed step may leave behind: nothing that it was to write can be relied on. */
    void spoil(Issued step) {
        for (int i = 0; i < step.plan().copies().size(); i++) {
            poison(step.plan().copies().destination(i));
        }
        for (IssuedRun issued : step.runs()) {
            for (int p = issued.run().first(); p < issued.run().end(); p++) {
                cache[slot(issued, p)] = POISON;
            }
        }
    }

    void poison(int block) {
        Arrays.fill(cache, block * blockSize, (block + 1) * blockSize, POISON);
    }

    private void copyBlocks(BlockCopies copies) {
        for (int i = 0; executesCopies && i < copies.size(); i++) {
            System.arraycopy(cache, copies.source(i) * blockSize, cache, copies.destination(i) * blockSize, blockSize);
        }
    }

    private void write(IssuedRun issued, boolean[] written) {
        Run run = issued.run();
        for (int p = run.first(); p < run.end(); p++) {
            int at = slot(issued, p);
            if (written[at]) {
                throw new AssertionError("Step writes slot " + at + " twice; the second time by " + run);
            }
            written[at] = true;
            int i = p - run.first();
            int token = i < issued.known().length
                    ? issued.known()[i]
                    : sampled.get((TokenOrigin.SampledBy) run.lastToken());
            cache[at] = SimulatedModel.store(
                    issued.salt(), token, p, p == 0 ? 0 : read(issued, p - 1), p == 0 ? 0 : read(issued, p / 2));
        }
    }

    private void readRows(IssuedRun issued, long[] rows) {
        Run run = issued.run();
        for (int i = 0; i < run.logitRows(); i++) {
            int position = run.end() - run.logitRows() + i;
            for (int p = 0; p <= position; p++) {
                rows[run.firstLogitRow() + i] = SimulatedModel.attend(rows[run.firstLogitRow() + i], read(issued, p));
            }
        }
    }

    private long read(IssuedRun issued, int position) {
        long stored = cache[slot(issued, position)];
        if (stored == POISON) {
            throw new AssertionError(
                    "Position " + position + " reads poison in slot " + slot(issued, position) + " by " + issued.run());
        }
        return stored;
    }

    private int slot(IssuedRun issued, int position) {
        return issued.blocks()[position / blockSize] * blockSize + position % blockSize;
    }
}
