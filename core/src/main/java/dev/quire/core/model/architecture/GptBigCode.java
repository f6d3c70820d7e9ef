package dev.quire.core.model.architecture;

import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.WeightFormats;
import dev.quire.core.model.architecture.FusedProjection.Rows;
import dev.quire.core.weights.TensorMap;
import dev.quire.core.weights.TensorView;
import java.util.List;
import java.util.Set;

/** GPT-BigCode (Ben Allal et al. 2023 §4): a GPT-2 whose query heads share one key and value head (Shazeer 2019). */
final class GptBigCode implements Architecture {
    private static final String NAME = "GPTBigCodeForCausalLM";

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig c, WeightFormats formats, Serving serving) {
        HeadShape heads = heads(c);
        return GptDecoder.of(c, "gelu_pytorch_tanh", i -> heads).define(NAME, formats, serving);
    }

    private static HeadShape heads(ModelConfig c) {
        int heads = c.integer("n_head");
        int size = c.integer("n_embd") / heads;
        double scale = c.flag("scale_attn_weights", true) ? 1 / Math.sqrt(size) : 1;
        return new HeadShape(heads, c.flag("multi_query", true) ? 1 : heads, size, scale);
    }

    /** One shared key head lies below all queries; with a key head for each query head, the three lie together head by head. */
    @Override
    public TensorMap weights(ModelConfig config, Set<String> tensors) {
        HeadShape shape = heads(config);
        int heads = shape.heads();
        int size = shape.headSize();
        int hidden = heads * size;
        FusedProjection attention = shape.kvHeads() == 1
                ? FusedProjection.stacked("c_attn", new Rows("q", hidden), new Rows("k", size), new Rows("v", size))
                : FusedProjection.headwise("c_attn", List.of("q", "k", "v"), heads, size, hidden);
        return name -> attention.view(name).orElseGet(() -> TensorView.whole(name));
    }

    /** Where softmax is rounded to float32 does not concern a program; the number of key heads follows from multi_query. */
    @Override
    public Set<String> harmlessKeys() {
        return Set.of(
                "attention_softmax_in_fp32",
                "scale_attention_softmax_in_fp32",
                "num_key_value_heads",
                "inference_runner",
                "validate_runner_input",
                "pre_allocate_kv_cache",
                "pad_key_length",
                "max_batch_size",
                "max_sequence_length",
                "n_ctx");
    }

    @Override
    public boolean isBuffer(String tensor) {
        return GptDecoder.isBuffer(tensor);
    }
}
