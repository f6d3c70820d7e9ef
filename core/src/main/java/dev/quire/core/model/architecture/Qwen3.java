package dev.quire.core.model.architecture;

import dev.quire.api.program.Mask;
import dev.quire.core.model.Bias;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.WeightFormats;
import java.util.List;
import java.util.Set;

/** Qwen3 (Yang et al. 2025 §2): a Llama that norms each query and key head, without biases. */
final class Qwen3 implements Architecture {
    private static final String NAME = "Qwen3ForCausalLM";

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig c, WeightFormats formats, Serving serving) {
        RotaryDecoder qwen = decoder(c, serving);
        List<Mask> masks = LayerMasks.ofUpper(c, qwen.sizes().layers());
        return qwen.withAttention((i, plain) -> plain.seeing(masks.get(i))).define(NAME, formats, serving);
    }

    /** What the dense models and the mixtures of experts have in common. */
    static RotaryDecoder decoder(ModelConfig c, Serving serving) {
        RotaryDecoder llama = RotaryDecoder.of(c, serving);
        Bias bias = Bias.of(c.flag("attention_bias", false));
        return llama.withAttention((i, plain) -> plain.biased(bias, bias).normed(llama.norm()));
    }
}
