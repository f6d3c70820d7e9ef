package dev.quire.conformance.bisect;

import dev.quire.api.WeightSource;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import java.util.List;

/**
 * What both backends run: a prompt in one step, then single tokens, each the most probable one by the first backend's logits.
 *
 * @param forward a forward step; its last output is logits [R, vocabulary]
 * @param cache its cache groups, with no blocks
 * @param weights read once by each backend
 * @param prompt token ids, at least one
 * @param decodes steps of one token after the prompt
 */
public record Subject(Program forward, KvCacheLayout cache, WeightSource weights, int[] prompt, int decodes) {
    public Subject {
        if (prompt.length == 0 || decodes < 0) {
            throw new IllegalArgumentException(
                    "%d tokens of prompt and %d decode steps; at least 1 and 0".formatted(prompt.length, decodes));
        }
    }

    /** Tokens of the whole sequence. */
    int length() {
        return prompt.length + decodes;
    }

    /** The cache with as many blocks as the sequence fills. */
    KvCacheLayout layout() {
        List<CacheGroup> groups = cache.groups().stream()
                .map(group -> group.withBlocks(Math.ceilDiv(length(), group.blockSize())))
                .toList();
        return new KvCacheLayout(groups);
    }
}
