package dev.quire.core.model.checkpoint;

import java.util.Set;
import java.util.function.Predicate;

/** Tensors that checkpoints carry and programs compute for themselves. Any other tensor that nothing reads is an error. */
enum LeftoverTensors implements Predicate<String> {
    /** No output head is read: it is the embedding. */
    TIED_HEAD,
    /** The output head is a weight of its own. */
    OWN_HEAD;

    /** Buffers of old exports: rotary frequencies and causal masks. */
    private static final Set<String> BUFFERS =
            Set.of("rotary_emb.inv_freq", "rotary_emb.cos_cached", "rotary_emb.sin_cached", "attn.masked_bias");

    /** Rotary factors of a GGUF file, which {@link GgufConfig} reads. */
    private static final Set<String> GGUF = Set.of(GgufConfig.ROPE_FACTORS);

    private static final Set<String> HEAD = Set.of("lm_head.weight");

    @Override
    public boolean test(String tensor) {
        return GGUF.contains(tensor)
                || (this == TIED_HEAD && HEAD.contains(tensor))
                || BUFFERS.stream().anyMatch(buffer -> tensor.equals(buffer) || tensor.endsWith("." + buffer));
    }
}
