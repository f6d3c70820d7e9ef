package dev.quire.core.model.architecture;

import dev.quire.api.program.Activation;
import dev.quire.api.program.ExpertOp.Route.Over;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Value;
import dev.quire.core.model.Bias;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ProgramBuilder;
import dev.quire.core.model.ProgramBuilder.Routed;
import java.util.List;
import java.util.stream.IntStream;

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
     * A mixture of experts (Shazeer et al. 2017 §2): each token is sent to the few gated MLPs that a router scores highest, and what they give is
     * weighted by the softmax of those scores and summed.
     *
     * @param router module of the scores
     * @param names of an expert's modules
     * @param experts how many there are
     * @param chosen how many work on a token
     * @param over which scores the softmax is taken over
     * @param inner width inside an expert
     */
    record Experts(String router, Names names, int experts, int chosen, Over over, int inner, Activation activation)
            implements Mlp {
        /** Modules of an expert, {@code %d} standing for its number from 0. */
        record Names(String gate, String up, String down) {}

        @Override
        public Value write(ProgramBuilder p, Value x) {
            int width = x.width();
            Value scores = p.head("router", x, router, experts);
            Routed routed = p.route("experts", scores, chosen, over);
            Value to = routed.experts();
            Value gate = p.expertLinear("gate", x, to, all(names.gate()), width, inner, Split.WHOLE);
            Value up = p.expertLinear("up", x, to, all(names.up()), width, inner, Split.WHOLE);
            Value h = p.gated("mlp", gate, up, activation);
            h = p.expertLinear("down", h, to, all(names.down()), inner, width, Split.EIGHT_SLICES);
            return p.weightedSum("mixed", h, routed.gates());
        }

        private List<String> all(String module) {
            return IntStream.range(0, experts).mapToObj(module::formatted).toList();
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
