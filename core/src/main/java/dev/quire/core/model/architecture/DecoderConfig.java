package dev.quire.core.model.architecture;

import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ModelInfo;

/**
 * Sizes that the configs of most decoders spell alike.
 *
 * @param vocab entries of the vocabulary
 * @param hidden width of the residual stream
 * @param intermediate width inside the MLP
 * @param layers transformer layers
 * @param heads heads and their sizes; scores are scaled by 1/√headSize
 * @param eps of the norms
 * @param tied whether the output head is the embedding
 */
public record DecoderConfig(
        int vocab, int hidden, int intermediate, int layers, HeadShape heads, double eps, boolean tied) {
    /**
     * Reads them.
     *
     * @param tied whether the family ties its head where the config does not say
     */
    public static DecoderConfig of(ModelConfig c, boolean tied) {
        int hidden = c.integer("hidden_size");
        int heads = c.integer("num_attention_heads");
        int headSize = c.integer("head_dim", hidden / heads);
        return new DecoderConfig(
                c.integer("vocab_size"),
                hidden,
                c.integer("intermediate_size"),
                c.integer("num_hidden_layers"),
                new HeadShape(heads, c.integer("num_key_value_heads", heads), headSize, 1 / Math.sqrt(headSize)),
                c.number("rms_norm_eps"),
                c.flag("tie_word_embeddings", tied));
    }

    /** The same with another factor on scores. */
    public DecoderConfig withScale(double scale) {
        HeadShape scaled = new HeadShape(heads.heads(), heads.kvHeads(), heads.headSize(), scale);
        return new DecoderConfig(vocab, hidden, intermediate, layers, scaled, eps, tied);
    }

    /** Width of all query heads. */
    public int queries() {
        return heads.heads() * heads.headSize();
    }

    /** Width of all key heads, and of all value heads. */
    public int keys() {
        return heads.kvHeads() * heads.headSize();
    }

    /** The module of the output head. */
    public String head() {
        return tied ? "model.embed_tokens" : "lm_head";
    }

    /** What is served. */
    public ModelInfo info(String architecture, int maxPositions) {
        return new ModelInfo(architecture, vocab, hidden, layers, maxPositions);
    }
}
