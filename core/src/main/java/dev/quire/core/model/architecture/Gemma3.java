package dev.quire.core.model.architecture;

import dev.quire.api.program.Mask;
import dev.quire.api.program.Rotary;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.WeightFormats;
import java.util.List;
import java.util.Set;

/**
 * Gemma 3 (Gemma Team 2025 §2), the text model: a Gemma 2 that norms query and key heads in place of capping scores; one layer in six sees
 * everything and has a rotation of its own.
 */
final class Gemma3 implements Architecture {
    private static final String NAME = "Gemma3ForCausalLM";
    private static final double GLOBAL_THETA = 1_000_000;
    private static final double LOCAL_THETA = 10_000;

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig c, WeightFormats formats, Serving serving) {
        DecoderConfig sizes = Gemma2.sizes(c);
        int headSize = sizes.heads().headSize();
        int period = c.integer("sliding_window_pattern", c.integer("_sliding_window_pattern", 6));
        List<Mask> masks = LayerMasks.of(c, sizes.layers(), i -> (i + 1) % period != 0);
        Rotary global = global(c).rotary(headSize, serving.maxModelLen());
        Rotary local = local(c).rotary(headSize, serving.maxModelLen());
        RotaryDecoder gemma = Gemma2.decoder(c, sizes, c.integer("max_position_embeddings", 131_072), global);
        return gemma.withAttention((i, plain) -> {
                    Mask mask = masks.get(i);
                    return plain.normed(gemma.norm())
                            .seeing(mask)
                            .rotated(mask instanceof Mask.SlidingWindow ? local : global);
                })
                .define(NAME, formats, serving);
    }

    private static RopeScaling global(ModelConfig c) {
        double theta = c.number("rope_theta", GLOBAL_THETA);
        return c.section("rope_parameters")
                .flatMap(kinds -> kinds.section("full_attention"))
                .map(section -> RopeScaling.ofSection(c, section, theta))
                .orElseGet(() -> RopeScaling.of(c, theta, 1));
    }

    private static RopeScaling local(ModelConfig c) {
        double theta = c.number("rope_local_base_freq", LOCAL_THETA);
        return RopeScaling.ofSection(
                c,
                c.section("rope_parameters")
                        .flatMap(kinds -> kinds.section("sliding_attention"))
                        .orElseGet(ModelConfig::empty),
                theta);
    }

    @Override
    public Set<String> harmlessKeys() {
        return Set.of("hidden_act", "cache_implementation");
    }
}
