package dev.quire.core.model.architecture;

import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.WeightFormats;
import dev.quire.core.model.architecture.FusedProjection.Rows;
import dev.quire.core.weights.TensorMap;
import dev.quire.core.weights.TensorView;
import java.util.List;
import java.util.Set;

/** GPT-2 (Radford et al. 2019 §2.3): pre-norm by LayerNorm, learned positions, biases everywhere, the head tied to the embedding. */
final class Gpt2 implements Architecture {
    private static final String NAME = "GPT2LMHeadModel";
    private static final List<String> TURNED = List.of("c_attn.weight", "c_proj.weight", "c_fc.weight");

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig c, WeightFormats formats, Serving serving) {
        int heads = c.integer("n_head");
        int size = c.integer("n_embd") / heads;
        double scale = c.flag("scale_attn_weights", true) ? 1 / Math.sqrt(size) : 1;
        boolean byLayer = c.flag("scale_attn_by_inverse_layer_idx", false);
        return GptDecoder.of(c, "gelu_new", i -> new HeadShape(heads, heads, size, byLayer ? scale / (i + 1) : scale))
                .define(NAME, formats, serving);
    }

    /** Layers are stored as [inputs, outputs], query, key and value side by side; the first files leave the prefix out. */
    @Override
    public TensorMap weights(ModelConfig config, Set<String> tensors) {
        int hidden = config.integer("n_embd");
        var attention =
                FusedProjection.stacked("c_attn", new Rows("q", hidden), new Rows("k", hidden), new Rows("v", hidden));
        boolean prefixed = tensors.contains(GptDecoder.PREFIX + "wte.weight");
        return weight -> {
            String name = prefixed ? weight : weight.replaceFirst("^" + GptDecoder.PREFIX, "");
            return attention.view(name, Gpt2::stored).orElseGet(() -> stored(name));
        };
    }

    private static TensorView stored(String name) {
        TensorView whole = TensorView.whole(name);
        return TURNED.stream().anyMatch(name::endsWith) ? whole.transposed() : whole;
    }

    @Override
    public Set<String> harmlessKeys() {
        return Set.of("n_ctx", "reorder_and_upcast_attn");
    }

    @Override
    public boolean isBuffer(String tensor) {
        return GptDecoder.isBuffer(tensor);
    }
}
