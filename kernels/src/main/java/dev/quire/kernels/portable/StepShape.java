package dev.quire.kernels.portable;

import dev.quire.api.StepLimits;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCache;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What launches depend on, but for how a step's words are laid out: steps of one shape and one layout have the same launches.
 *
 * @param tokens T
 * @param logitRows R
 * @param sequences S
 * @param longestQuery rows of the sequence that has most, counted up to where kernels no longer differ
 * @param sampled whether tokens come from a sampling step
 * @param demand what rows ask of sampling, where launches depend on it
 * @param strides by cache group, entries of a row of block tables
 * @param io what the step is bound to
 */
record StepShape(
        int tokens,
        int logitRows,
        int sequences,
        int longestQuery,
        boolean sampled,
        SamplingDemand demand,
        List<Integer> strides,
        Bindings io) {
    static StepShape of(StepBatch batch, Bindings io, StepLimits limits, WorkItem workItem) {
        return new StepShape(
                batch.tokenCount(),
                batch.logitRowCount(),
                batch.sequences(),
                Math.min(longestQuery(batch), Constants.ATTEND_FEW + 1),
                batch.tokens().sampled().isPresent(),
                workItem.slicesRows() ? SamplingDemand.of(batch) : SamplingDemand.NONE,
                strides(batch, io.cache(), limits),
                io);
    }

    private static List<Integer> strides(StepBatch batch, Optional<KvCache> cache, StepLimits limits) {
        if (cache.isEmpty()) {
            return List.of();
        }
        List<CacheGroup> groups = cache.get().layout().groups();
        List<Integer> strides = new ArrayList<>(groups.size());
        for (int i = 0; i < Math.min(groups.size(), batch.groups().size()); i++) {
            strides.add(stride(batch.groups().get(i), groups.get(i).blockSize(), limits));
        }
        return strides;
    }

    /** Entries of a row of block tables: a power of two, so that launches stay the same while contexts grow to twice their length. */
    static int stride(GroupStep group, int blockSize, StepLimits limits) {
        int longest = 0;
        for (int length : group.contextLengths()) {
            longest = Math.max(longest, length);
        }
        int blocks = Math.ceilDiv(longest, blockSize);
        int power = blocks <= 1 ? blocks : 2 * Integer.highestOneBit(blocks - 1);
        return Math.min(power, Math.ceilDiv(limits.maxContext(), blockSize));
    }

    /** Rows of the sequence that has most. */
    static int longestQuery(StepBatch batch) {
        int longest = 0;
        for (int s = 0; s < batch.sequences(); s++) {
            longest = Math.max(longest, batch.queryStarts()[s + 1] - batch.queryStarts()[s]);
        }
        return longest;
    }
}
