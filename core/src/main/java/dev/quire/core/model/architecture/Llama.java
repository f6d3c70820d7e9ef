package dev.quire.core.model.architecture;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ModelInfo;
import dev.quire.core.model.ProgramBuilder;
import dev.quire.core.model.WeightFormats;
import java.util.List;
import java.util.Set;

/** Llama (Touvron et al. 2023 §2.2): pre-norm by RMSNorm, rotary positions, grouped queries, SwiGLU. */
final class Llama implements Architecture {
    /** Sizes of a Llama. */
    record Config(
            int vocab,
            int hidden,
            int intermediate,
            int layers,
            HeadShape heads,
            double eps,
            Rotary rotary,
            int maxPositions,
            boolean tied) {
        static Config of(ModelConfig c) {
            int hidden = c.integer("hidden_size");
            int heads = c.integer("num_attention_heads");
            int headSize = c.integer("head_dim", hidden / heads);
            String activation = c.text("hidden_act", "silu");
            if (!activation.equals("silu")) {
                throw c.wrong("hidden_act", activation, "silu");
            }
            return new Config(
                    c.integer("vocab_size"),
                    hidden,
                    c.integer("intermediate_size"),
                    c.integer("num_hidden_layers"),
                    new HeadShape(heads, c.integer("num_key_value_heads", heads), headSize, 1 / Math.sqrt(headSize)),
                    c.number("rms_norm_eps", 1e-6),
                    RopeScaling.rotary(c, headSize),
                    c.integer("max_position_embeddings", 2048),
                    c.flag("tie_word_embeddings", false));
        }
    }

    @Override
    public Set<String> names() {
        return Set.of("LlamaForCausalLM");
    }

    @Override
    public Definition define(ModelConfig config, WeightFormats formats, CacheType cache) {
        Config c = Config.of(config);
        HeadShape heads = c.heads();
        CacheGroup group = new CacheGroup.PagedKv(
                "kv", c.layers(), heads.kvHeads(), heads.headSize(), cache.dtype(), cache.blockSize(), 0);
        return new Definition(
                new ModelInfo("LlamaForCausalLM", c.vocab(), c.hidden(), c.layers(), c.maxPositions()),
                program(c, formats),
                new KvCacheLayout(List.of(group)));
    }

    private static Program program(Config c, WeightFormats formats) {
        ProgramBuilder p = new ProgramBuilder(formats);
        HeadShape heads = c.heads();
        int queries = heads.heads() * heads.headSize();
        int keys = heads.kvHeads() * heads.headSize();
        Value x = p.embed("embedding", Value.TOKENS, "model.embed_tokens.weight", c.vocab(), c.hidden());
        for (int i = 0; i < c.layers(); i++) {
            String w = "model.layers." + i + ".";
            String n = "layer" + i + ".";
            CacheRef cache = new CacheRef(0, i);

            Value h = p.rmsNorm(n + "attention_norm", x, w + "input_layernorm.weight", c.eps());
            Value q = p.linear(n + "q", h, w + "self_attn.q_proj", queries, Split.WHOLE);
            Value k = p.linear(n + "k", h, w + "self_attn.k_proj", keys, Split.WHOLE);
            Value v = p.linear(n + "v", h, w + "self_attn.v_proj", keys, Split.WHOLE);
            q = p.rope(n + "q_rotated", q, c.rotary(), heads.headSize());
            k = p.rope(n + "k_rotated", k, c.rotary(), heads.headSize());
            p.writeKv(k, v, cache);
            Value attended = p.attend(n + "attention", q, cache, heads, Mask.CAUSAL);
            x = p.add(
                    n + "after_attention",
                    x,
                    p.linear(n + "o", attended, w + "self_attn.o_proj", c.hidden(), Split.EIGHT_SLICES));

            h = p.rmsNorm(n + "mlp_norm", x, w + "post_attention_layernorm.weight", c.eps());
            Value gate = p.linear(n + "gate", h, w + "mlp.gate_proj", c.intermediate(), Split.WHOLE);
            Value up = p.linear(n + "up", h, w + "mlp.up_proj", c.intermediate(), Split.WHOLE);
            Value mlp = p.gated(n + "mlp", gate, up, Activation.SILU);
            x = p.add(n + "out", x, p.linear(n + "down", mlp, w + "mlp.down_proj", c.hidden(), Split.EIGHT_SLICES));
        }
        Value last = p.rmsNorm("norm", p.gatherRows("wanted", x), "model.norm.weight", c.eps());
        String head = c.tied() || !formats.has("lm_head.weight") ? "model.embed_tokens" : "lm_head";
        return p.build(p.linear("logits", last, head, c.vocab(), Split.WHOLE));
    }
}
