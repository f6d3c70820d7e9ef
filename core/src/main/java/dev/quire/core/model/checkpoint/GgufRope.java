package dev.quire.core.model.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** How a GGUF file says that rotary frequencies are scaled: by keys, or by vectors of divisors. */
final class GgufRope {
    private static final String ROPE_FACTORS = "rope_freqs.weight";
    private static final String LONG_FACTORS = "rope_factors_long.weight";
    private static final String SHORT_FACTORS = "rope_factors_short.weight";

    /** Divisors of the rotary frequencies, which become part of the config. */
    static final Set<String> FACTORS = Set.of(ROPE_FACTORS, LONG_FACTORS, SHORT_FACTORS);

    private GgufRope() {}

    /**
     * What stands for {@code rope_scaling}; empty if nothing is scaled.
     *
     * @throws dev.quire.core.model.ModelConfigException if the file scales in a way that Quire does not
     */
    static Map<String, Object> scaling(GgufKeys keys) {
        Map<String, Object> scaling = new LinkedHashMap<>();
        String type = keys.text("rope.scaling.type", "none");
        if (keys.hasTensor(ROPE_FACTORS)) {
            scaling.put("rope_type", "factors");
            scaling.put("factors", keys.vector(ROPE_FACTORS));
        } else if (keys.hasTensor(LONG_FACTORS)) {
            scaling.put("rope_type", "longrope");
            scaling.put("long_factor", keys.vector(LONG_FACTORS));
            scaling.put("short_factor", keys.vector(SHORT_FACTORS));
            type = type.equals("longrope") ? "none" : type;
            if (keys.has("rope.scaling.attn_factor")) {
                scaling.put("attention_factor", keys.real("rope.scaling.attn_factor"));
            }
        } else if (type.equals("linear") || type.equals("yarn")) {
            scaling.put("rope_type", type);
            scaling.put("factor", keys.real("rope.scaling.factor"));
            type = "none";
        }
        if (keys.has("rope.scaling.original_context_length")) {
            scaling.put("original_max_position_embeddings", keys.integer("rope.scaling.original_context_length"));
        }
        if (!type.equals("none")) {
            throw keys.wrong(
                    "rope.scaling.type", type, "none, linear or yarn, or factors in %s alone".formatted(FACTORS));
        }
        return scaling;
    }
}
