package dev.quire.conformance.models;

import dev.quire.api.WeightSource;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.types.DType;
import java.util.List;

/**
 * A model that the kit runs whole. Whoever has a model's program and its weights builds one; {@link TinyModel} is at hand everywhere.
 *
 * @param name as golden data and references call it
 * @param forward from token ids to the value {@code logits}
 * @param cache the groups that {@code forward} writes, with no blocks
 * @param weights that {@code forward} names
 */
public record KitModel(String name, Program forward, KvCacheLayout cache, WeightSource weights) {
    /** The program output that holds logits. */
    public static final String LOGITS = "logits";

    public KitModel {
        logits(forward);
        if (cache.groups().size() != forward.cacheGroups()) {
            throw new IllegalArgumentException("the program of %s names %d cache groups; the layout has %d"
                    .formatted(name, forward.cacheGroups(), cache.groups().size()));
        }
    }

    /** Number of token ids. */
    public int vocabulary() {
        return logits(forward).width();
    }

    /** The same model with keys and values in {@code type}. */
    public KitModel withKeys(DType type) {
        List<CacheGroup> groups = cache.groups().stream()
                .<CacheGroup>map(group -> switch (group) {
                    case CacheGroup.PagedKv kv ->
                        new CacheGroup.PagedKv(
                                kv.name(), kv.layers(), kv.kvHeads(), kv.headSize(), type, kv.blockSize(), kv.blocks());
                })
                .toList();
        return new KitModel(name, forward, new KvCacheLayout(groups), weights);
    }

    private static Value logits(Program program) {
        List<Value> found = program.outputs().stream()
                .filter(value -> value.name().equals(LOGITS))
                .toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException("a model's program needs the output '%s'; it has %s"
                    .formatted(
                            LOGITS, program.outputs().stream().map(Value::name).toList()));
        }
        return found.getFirst();
    }
}
