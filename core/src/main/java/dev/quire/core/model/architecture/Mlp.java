package dev.quire.core.model.architecture;

import dev.quire.api.program.Activation;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Value;
import dev.quire.core.model.Bias;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ProgramBuilder;

/** The half of a layer that works on each token alone. */
sealed interface Mlp {
    /** What it gives for {@code x}, which is normed already where the family norms before. */
    Value write(ProgramBuilder p, Value x);

    /**
     * act(gate · x) · (up · x), then down (Shazeer 2020), modules named as Llama's are.
     *
     * @param inner width inside
     */
    record Gated(int inner, Activation activation, Bias bias) implements Mlp {
        /** What a config says under Llama's keys. */
        static Gated of(ModelConfig c, Bias bias) {
            return new Gated(c.integer("intermediate_size"), ActivationNames.of(c, "hidden_act", "silu"), bias);
        }

        @Override
        public Value write(ProgramBuilder p, Value x) {
            Value gate = p.linear("gate", x, "mlp.gate_proj", inner, Split.WHOLE, bias);
            Value up = p.linear("up", x, "mlp.up_proj", inner, Split.WHOLE, bias);
            Value h = p.gated("mlp", gate, up, activation);
            return p.linear("down", h, "mlp.down_proj", x.width(), Split.EIGHT_SLICES, bias);
        }
    }

    /**
     * act(up · x), then down.
     *
     * @param up module that leads in
     * @param down module that leads out
     * @param inner width inside
     */
    record Plain(String up, String down, int inner, Activation activation, Bias bias) implements Mlp {
        @Override
        public Value write(ProgramBuilder p, Value x) {
            Value h = p.linear("up", x, up, inner, Split.WHOLE, bias);
            h = p.activate("mlp", h, activation);
            return p.linear("down", h, down, x.width(), Split.EIGHT_SLICES, bias);
        }
    }
}
