package dev.quire.core.model.architecture;

import dev.quire.api.program.Activation;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Rotary;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.WeightFormats;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gemma 2 (Gemma Team 2024 §2): a Gemma that norms what each half of a layer gives too, caps scores and logits, and lets every other layer see
 * only a window.
 */
final class Gemma2 implements Architecture {
    private static final String NAME = "Gemma2ForCausalLM";

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig c, WeightFormats formats, Serving serving) {
        DecoderConfig sizes = sizes(c);
        RopeScaling rope = RopeScaling.of(c);
        Rotary rotary = rope.rotary(sizes.heads().headSize(), serving.maxModelLen());
        List<Mask> masks = LayerMasks.of(c, sizes.layers(), i -> i % 2 == 0);
        return decoder(c, sizes, rope.maxPositions(), rotary)
                .withAttention((i, plain) -> plain.seeing(masks.get(i)))
                .define(NAME, formats, serving);
    }

    /** Sizes, with scores scaled by a number of the config's own in place of the head's size. */
    static DecoderConfig sizes(ModelConfig c) {
        return DecoderConfig.of(c, true).withScale(1 / Math.sqrt(c.number("query_pre_attn_scalar", 256)));
    }

    /** What Gemma 2 and its successor have in common. */
    static RotaryDecoder decoder(ModelConfig c, DecoderConfig sizes, int positions, Rotary rotary) {
        Activation activation = ActivationNames.of(c, "hidden_activation", "gelu_pytorch_tanh");
        Optional<Float> scoreCap = c.optionalNumber("attn_logit_softcapping").map(Double::floatValue);
        return Gemma.decoder(c, sizes, positions, rotary, activation)
                .withNormsAround()
                .withAttention((i, plain) -> plain.capped(scoreCap))
                .withLogitCap(c.optionalNumber("final_logit_softcapping"));
    }

    /** The hidden_activation counts; the config repeats it under another key. */
    @Override
    public Set<String> harmlessKeys() {
        return Set.of("hidden_act", "cache_implementation");
    }
}
