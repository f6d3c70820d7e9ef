package dev.quire.core.model.architecture;

import dev.quire.api.program.ExpertOp.Route.Over;
import dev.quire.api.program.Mask;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.WeightFormats;
import java.util.Set;

/** Mixtral (Jiang et al. 2024 §2.1): a Mistral whose MLPs are mixtures of experts; the gates of the chosen sum to 1. */
final class Mixtral implements Architecture {
    private static final String NAME = "MixtralForCausalLM";
    private static final String MODULE = "block_sparse_moe.";
    private static final Mlp.Experts.Names EXPERT =
            new Mlp.Experts.Names(MODULE + "experts.%d.w1", MODULE + "experts.%d.w3", MODULE + "experts.%d.w2");

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig c, WeightFormats formats, Serving serving) {
        Mask mask = LayerMasks.ofAll(c);
        Mlp experts = new Mlp.Experts(
                MODULE + "gate",
                EXPERT,
                c.integer("num_local_experts", 8),
                c.integer("num_experts_per_tok", 2),
                Over.CHOSEN,
                c.integer("intermediate_size"),
                ActivationNames.of(c, "hidden_act", "silu"));
        return RotaryDecoder.of(c, serving)
                .withAttention((i, plain) -> plain.seeing(mask))
                .withMlp(i -> experts)
                .define(NAME, formats, serving);
    }

    /** What training alone looks at. */
    @Override
    public Set<String> harmlessKeys() {
        return Set.of("output_router_logits", "router_aux_loss_coef", "router_jitter_noise");
    }
}
