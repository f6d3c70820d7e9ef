package dev.quire.core.model.architecture;

import dev.quire.api.program.Mask;
import dev.quire.core.model.Bias;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.WeightFormats;
import java.util.List;
import java.util.Set;

/** Qwen2 (Yang et al. 2024 §2.2.1): a Llama with biases on query, key and value, whose upper layers may see only a window. */
final class Qwen2 implements Architecture {
    private static final String NAME = "Qwen2ForCausalLM";

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig c, WeightFormats formats, Serving serving) {
        c.only("use_mrope", false);
        RotaryDecoder llama = RotaryDecoder.of(c, serving);
        List<Mask> masks = LayerMasks.ofUpper(c, llama.sizes().layers());
        return llama.withAttention(
                        (i, plain) -> plain.biased(Bias.PRESENT, Bias.ABSENT).seeing(masks.get(i)))
                .define(NAME, formats, serving);
    }
}
