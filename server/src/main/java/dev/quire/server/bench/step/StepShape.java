package dev.quire.server.bench.step;

import dev.quire.api.StepLimits;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import java.util.List;

/**
 * A step in which all sequences do the same.
 *
 * @param name for the report
 * @param sequences how many
 * @param before tokens of each that are in the cache already
 * @param count new tokens of each
 */
public record StepShape(String name, int sequences, int before, int count) {
    private static final int STRIDE = 7919;

    /** @throws IllegalArgumentException if a count is not positive */
    public StepShape {
        if (sequences < 1 || before < 0 || count < 1) {
            throw new IllegalArgumentException(
                    "a step of %d sequences with %d new tokens after %d: give at least 1, 1 and 0"
                            .formatted(sequences, count, before));
        }
    }

    /** One new token for each of {@code batch} sequences, the last of {@code context}. */
    public static StepShape decode(int batch, int context) {
        return new StepShape("decode, batch %d, context %d".formatted(batch, context), batch, context - 1, 1);
    }

    /** A prompt. */
    public static StepShape prefill(int tokens) {
        return new StepShape("prefill, %d tokens".formatted(tokens), 1, 0, tokens);
    }

    /** T. */
    public int tokens() {
        return sequences * count;
    }

    /** Tokens of a sequence once the step has run. */
    public int context() {
        return before + count;
    }

    /** Limits that take this step and no larger one. */
    public StepLimits limits() {
        return new StepLimits(tokens(), sequences, sequences, context());
    }

    /** {@code layout} with the blocks that this step needs. */
    public KvCacheLayout blocks(KvCacheLayout layout) {
        List<CacheGroup> groups = layout.groups().stream()
                .map(group -> group.withBlocks(sequences * Math.ceilDiv(context(), group.blockSize())))
                .toList();
        return new KvCacheLayout(groups);
    }

    /** The step; each sequence has blocks of its own, and wants logits for its last token. */
    public StepBatch batch(KvCacheLayout layout, int vocabulary) {
        int[] ids = new int[tokens()];
        int[] positions = new int[tokens()];
        int[] starts = new int[sequences + 1];
        int[] wanted = new int[sequences];
        for (int s = 0; s < sequences; s++) {
            for (int i = 0; i < count; i++) {
                int row = s * count + i;
                positions[row] = before + i;
                ids[row] = (int) (((long) row * STRIDE + 1) % vocabulary);
            }
            starts[s + 1] = (s + 1) * count;
            wanted[s] = starts[s + 1] - 1;
        }
        List<GroupStep> groups = layout.groups().stream()
                .map(group -> group(group.blockSize(), positions))
                .toList();
        return new StepBatch(StepTokens.known(ids), positions, starts, wanted, new int[0], groups, List.of());
    }

    private GroupStep group(int blockSize, int[] positions) {
        int stride = Math.ceilDiv(context(), blockSize);
        int[] contexts = new int[sequences];
        int[] tables = new int[sequences * stride];
        int[] slots = new int[tokens()];
        for (int s = 0; s < sequences; s++) {
            contexts[s] = context();
            for (int j = 0; j < stride; j++) {
                tables[s * stride + j] = s * stride + j;
            }
            for (int row = s * count; row < (s + 1) * count; row++) {
                slots[row] = tables[s * stride + positions[row] / blockSize] * blockSize + positions[row] % blockSize;
            }
        }
        return new GroupStep(contexts, tables, stride, slots);
    }
}
