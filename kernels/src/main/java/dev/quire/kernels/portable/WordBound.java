package dev.quire.kernels.portable;

import dev.quire.api.StepLimits;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The most words that a step within the limits has, but for the lists of sampling adjustments: one term per section. */
final class WordBound {
    private WordBound() {}

    static long of(Program program, StepLimits limits, KvCacheLayout layout) {
        long tokens = limits.maxTokens();
        long sequences = limits.maxSequences();
        long idsPositionsStartsZeros = 2 * tokens + 2 * sequences + 1;
        long rows = (long) limits.maxLogitRows() * (1 + Constants.ROW_INTS);
        long words = idsPositionsStartsZeros + rows;
        for (CacheGroup group : layout.groups()) {
            long blocks = Math.ceilDiv(limits.maxContext(), group.blockSize());
            words += tokens + sequences * (1 + blocks);
        }
        Set<Integer> shares = new HashSet<>();
        List<Op.Attend> attends = program.ops().stream()
                .filter(Op.Attend.class::isInstance)
                .map(Op.Attend.class::cast)
                .toList();
        for (Op.Attend attend : attends) {
            int share = attend.shape().heads() / attend.shape().kvHeads();
            if (shares.add(share)) {
                words += 2 * tokens * Math.ceilDiv(share, Constants.ATTEND_VECTORS);
            }
        }
        if (attends.stream().anyMatch(attend -> attend.keys() instanceof KeySource.Step)) {
            words += tokens + sequences * (2 + StepKeys.mostBlocks(limits));
        }
        return words;
    }
}
