package dev.quire.core.model.architecture;

import dev.quire.api.program.Activation;
import dev.quire.api.program.Rotary;
import dev.quire.core.model.Bias;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.WeightFormats;
import java.util.Set;

/** Gemma (Gemma Team 2024 §2): wide heads, GeGLU, embeddings scaled by √hidden, norm weights counted from 1, a tied head. */
final class Gemma implements Architecture {
    private static final String NAME = "GemmaForCausalLM";

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig c, WeightFormats formats, Serving serving) {
        DecoderConfig sizes = DecoderConfig.of(c, true);
        RopeScaling rope = RopeScaling.of(c);
        Rotary rotary = rope.rotary(sizes.heads().headSize(), serving.maxModelLen());
        return decoder(c, sizes, rope.maxPositions(), rotary, activation(c)).define(NAME, formats, serving);
    }

    /** What all Gemmas have in common. */
    static RotaryDecoder decoder(
            ModelConfig c, DecoderConfig sizes, int positions, Rotary rotary, Activation activation) {
        c.only("use_bidirectional_attention", false);
        Norm norm = new Norm(sizes.eps(), normOffset(c));
        Mlp mlp = new Mlp.Gated(sizes.intermediate(), activation, Bias.ABSENT);
        Bias bias = Bias.of(c.flag("attention_bias", false));
        return RotaryDecoder.of(sizes, positions, norm, rotary, mlp)
                .withEmbeddingScale(Math.sqrt(sizes.hidden()))
                .withAttention((i, plain) -> plain.biased(bias, bias));
    }

    /** Norm weights are stored as what they add to 1; GGUF files store the sum. */
    private static double normOffset(ModelConfig c) {
        return c.number("rms_norm_offset", 1);
    }

    /** The first configs say gelu and mean its tanh form, with which the models were trained. */
    private static Activation activation(ModelConfig c) {
        Activation stated = ActivationNames.of(c, "hidden_act", "gelu_pytorch_tanh");
        Activation later = ActivationNames.of(c, "hidden_activation", "gelu_pytorch_tanh");
        return stated == Activation.GELU ? later : stated;
    }
}
