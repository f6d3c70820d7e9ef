package dev.quire.core.model.checkpoint;

import dev.quire.api.program.WeightRef;
import dev.quire.core.model.architecture.Architecture;
import java.util.Collection;
import java.util.Set;
import java.util.function.Predicate;

/** Tensors that checkpoints carry and programs compute for themselves. Any other tensor that nothing reads is an error. */
final class LeftoverTensors implements Predicate<String> {
    /** Buffers of old exports, in any family: rotary frequencies and tables. */
    private static final Set<String> BUFFERS =
            Set.of("rotary_emb.inv_freq", "rotary_emb.cos_cached", "rotary_emb.sin_cached");

    private static final String HEAD = "lm_head.weight";

    private final Architecture architecture;
    private final boolean tied;

    /**
     * @param refs weights of the program: if the output head is not among them, it is the embedding, and a copy of it may be left over
     */
    LeftoverTensors(Architecture architecture, Collection<WeightRef> refs) {
        this.architecture = architecture;
        this.tied = refs.stream().noneMatch(ref -> ref.name().equals(HEAD));
    }

    @Override
    public boolean test(String tensor) {
        return GgufRope.FACTORS.contains(tensor)
                || (tied && tensor.equals(HEAD))
                || architecture.isBuffer(tensor)
                || BUFFERS.stream().anyMatch(buffer -> tensor.equals(buffer) || tensor.endsWith("." + buffer));
    }
}
