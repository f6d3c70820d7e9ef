package dev.quire.core.model.architecture;

import dev.quire.api.program.ExpertOp.Route.Over;
import dev.quire.api.program.Mask;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.WeightFormats;
import java.util.List;
import java.util.Set;

/** The mixtures of experts of Qwen3 (Yang et al. 2025 §2): a Qwen3 some or all of whose MLPs are many small experts. */
final class Qwen3Moe implements Architecture {
    private static final String NAME = "Qwen3MoeForCausalLM";
    private static final Mlp.Experts.Names EXPERT =
            new Mlp.Experts.Names("mlp.experts.%d.gate_proj", "mlp.experts.%d.up_proj", "mlp.experts.%d.down_proj");

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig c, WeightFormats formats, Serving serving) {
        Mask window = LayerMasks.ofAll(c);
        Mask mask = c.flag("use_sliding_window", false) ? window : Mask.CAUSAL;
        Mlp experts = new Mlp.Experts(
                "mlp.gate",
                EXPERT,
                c.integer("num_experts", 128),
                c.integer("num_experts_per_tok", 8),
                c.flag("norm_topk_prob", false) ? Over.CHOSEN : Over.ALL,
                c.integer("moe_intermediate_size", 768),
                ActivationNames.of(c, "hidden_act", "silu"));
        int every = c.integer("decoder_sparse_step", 1);
        List<Double> dense = c.numbers("mlp_only_layers");
        RotaryDecoder qwen = Qwen3.decoder(c, serving);
        return qwen.withAttention((i, plain) -> plain.seeing(mask))
                .withMlp(i -> dense.contains((double) i) || (i + 1) % every != 0
                        ? qwen.layers().get(i).mlp()
                        : experts)
                .define(NAME, formats, serving);
    }

    /** What training alone looks at; and a layer from which windows would begin, though all layers have them or none. */
    @Override
    public Set<String> harmlessKeys() {
        return Set.of("output_router_logits", "router_aux_loss_coef", "max_window_layers");
    }
}
