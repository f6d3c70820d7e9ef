package dev.quire.core.model.architecture;

import dev.quire.core.model.Bias;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.WeightFormats;
import java.util.Set;

/** Llama (Touvron et al. 2023 §2.2): pre-norm by RMSNorm, rotary positions, grouped queries, SwiGLU; later configs may ask for biases. */
final class Llama implements Architecture {
    private static final String NAME = "LlamaForCausalLM";

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig c, WeightFormats formats, Serving serving) {
        Bias attention = Bias.of(c.flag("attention_bias", false));
        Mlp mlp = Mlp.Gated.of(c, Bias.of(c.flag("mlp_bias", false)));
        return RotaryDecoder.of(c, serving)
                .withAttention((i, plain) -> plain.biased(attention, attention))
                .withMlp(i -> mlp)
                .define(NAME, formats, serving);
    }
}
