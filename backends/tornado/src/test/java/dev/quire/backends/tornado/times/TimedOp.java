package dev.quire.backends.tornado.times;

import dev.quire.api.StepLimits;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * An op, {@value #REPEATED} times in one program, so that what surrounds a step is a smaller part of what is timed.
 *
 * @param name for the table
 * @param ops each with outputs of its own
 * @param context tokens of each sequence once the step has run
 * @param type of a cache that is full before the step; without, no op reads one
 */
record TimedOp(String name, List<Op> ops, StepBatch batch, int context, Optional<CacheGroup.PagedKv> type) {
    static final int REPEATED = 4;
    /** Tokens of every embedding. */
    static final int VOCABULARY = 4096;

    private static final int STRIDE = 7919;

    static TimedOp of(String name, IntFunction<Op> op, StepBatch batch) {
        return new TimedOp(name, repeated(op), batch, batch.tokenCount() / batch.sequences(), Optional.empty());
    }

    /** The last {@code count} tokens of {@code context} of each of {@code sequences} sequences. */
    static TimedOp cached(
            String name, IntFunction<Op> op, CacheGroup.PagedKv cache, int sequences, int context, int count) {
        StepBatch batch = batch(sequences, context - count, count, Optional.of(cache));
        return new TimedOp(name, repeated(op), batch, context, Optional.of(cache));
    }

    static TimedOp sampling(String name, int vocabulary, int rows, int top, SamplingRow row) {
        IntFunction<Op> op = i -> {
            Op.Sample one = (Op.Sample) Program.sampling(vocabulary, top).ops().getFirst();
            return new Op.Sample(
                    one.logits(),
                    own(one.tokens(), i),
                    own(one.ranks(), i),
                    own(one.topIds(), i),
                    own(one.topLogprobs(), i));
        };
        StepBatch batch = StepBatch.sampling(IntStream.range(0, rows).toArray(), Collections.nCopies(rows, row));
        return new TimedOp(name, repeated(op), batch, 1, Optional.empty());
    }

    private static List<Op> repeated(IntFunction<Op> op) {
        return IntStream.range(0, REPEATED).mapToObj(op).toList();
    }

    /** A value of one repetition. */
    static Value own(Value value, int repetition) {
        return new Value(value.name() + repetition, value.rows(), value.width(), value.dtype());
    }

    /** {@code count} new tokens of each sequence after {@code before}, of different ids. */
    static StepBatch batch(int sequences, int before, int count, Optional<CacheGroup.PagedKv> cache) {
        int tokens = sequences * count;
        int[] positions = new int[tokens];
        int[] ids = new int[tokens];
        int[] slots = new int[tokens];
        int[] starts = IntStream.rangeClosed(0, sequences).map(s -> s * count).toArray();
        int block = cache.map(CacheGroup.PagedKv::blockSize).orElse(1);
        int stride = Math.ceilDiv(before + count, block);
        for (int row = 0; row < tokens; row++) {
            positions[row] = before + row % count;
            ids[row] = (row * STRIDE + 1) % VOCABULARY;
            slots[row] = row / count * stride * block + positions[row];
        }
        int[] contexts = new int[sequences];
        Arrays.fill(contexts, before + count);
        int[] tables = IntStream.range(0, sequences * stride).toArray();
        List<GroupStep> groups = cache.map(any -> List.of(new GroupStep(contexts, tables, stride, slots)))
                .orElse(List.of());
        return new StepBatch(StepTokens.known(ids), positions, starts, new int[0], new int[0], groups, List.of());
    }

    Program program() {
        Set<Value> inputs = new LinkedHashSet<>();
        ops.forEach(op -> inputs.addAll(op.inputs()));
        return Program.of(new ArrayList<>(inputs), ops, ops.getLast().outputs());
    }

    StepLimits limits() {
        return new StepLimits(
                Math.max(1, batch.tokenCount()),
                Math.max(1, batch.sequences()),
                Math.max(1, batch.logitRowCount()),
                Math.max(1, context));
    }

    /** Whether an output means anything: of log-probabilities that no row asks for, none does (RULES, S9). */
    boolean means(Value output) {
        return output.name().startsWith("sampled") || batch.sampling().stream().allMatch(row -> row.topLogprobs() >= 0);
    }

    /** The cache, with as many blocks as the sequences need. */
    Optional<KvCacheLayout> layout() {
        return type.map(group -> new KvCacheLayout(
                List.of(group.withBlocks(batch.sequences() * Math.ceilDiv(context, group.blockSize())))));
    }

    int rows(Value value) {
        return switch (value.rows()) {
            case TOKENS -> batch.tokenCount();
            case SEQUENCES -> batch.sequences();
            case LOGITS, EXTERNAL -> batch.logitRowCount();
        };
    }
}
