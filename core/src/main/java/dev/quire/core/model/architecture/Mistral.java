package dev.quire.core.model.architecture;

import dev.quire.api.program.Mask;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.WeightFormats;
import java.util.Set;

/** Mistral (Jiang et al. 2023 §2): a Llama whose layers may see only a window of the tokens before. */
final class Mistral implements Architecture {
    private static final String NAME = "MistralForCausalLM";

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig c, WeightFormats formats, Serving serving) {
        Mask mask = LayerMasks.ofAll(c);
        return RotaryDecoder.of(c, serving)
                .withAttention((i, plain) -> plain.seeing(mask))
                .define(NAME, formats, serving);
    }
}
