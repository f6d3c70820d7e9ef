package dev.quire.conformance.metamorphic;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.types.DType;
import dev.quire.conformance.scenario.Samples;
import java.util.Map;

/**
 * A whole model of random weights over random tokens.
 *
 * @param name of the architecture
 * @param program tokens and positions to logits
 * @param groups cache groups; layers and heads are the program's
 * @param vocabulary token ids
 */
record SmallModel(String name, Samples samples, Program program, KvCacheLayout groups, int vocabulary)
        implements Subject {
    @Override
    public Value out() {
        return program.outputs().getFirst();
    }

    @Override
    public KvCacheLayout layout(int blocks) {
        return new KvCacheLayout(
                groups.groups().stream().map(group -> group.withBlocks(blocks)).toList());
    }

    /** Operand type of the cache. */
    DType type() {
        return ((CacheGroup.PagedKv) groups.groups().getFirst()).dtype();
    }

    @Override
    public int token(int sequence, int position) {
        return samples.random(name, sequence, position).nextInt(vocabulary);
    }

    @Override
    public Map<String, float[]> inputs(int[][] rows) {
        return Map.of();
    }
}
