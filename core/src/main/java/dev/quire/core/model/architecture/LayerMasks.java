package dev.quire.core.model.architecture;

import dev.quire.api.program.Mask;
import dev.quire.core.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/** Which layers see all earlier tokens, and which a window of them. */
public final class LayerMasks {
    private static final String FULL = "full_attention";
    private static final String SLIDING = "sliding_attention";

    private LayerMasks() {}

    /**
     * The mask of each layer: what {@code layer_types} says, or else a window where {@code slides}.
     *
     * @param slides by the layer's number from 0
     * @throws dev.quire.core.model.ModelConfigException if the config names another kind of layer, or too few, or no window
     */
    public static List<Mask> of(ModelConfig c, int layers, IntPredicate slides) {
        List<String> types = c.texts("layer_types");
        Optional<Integer> window = c.optionalInteger("sliding_window");
        if (!types.isEmpty() && types.size() != layers) {
            throw c.wrong("layer_types", types, "one for each of %d layers".formatted(layers));
        }
        List<Mask> masks = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            boolean sliding = types.isEmpty() ? slides.test(i) : isSliding(c, types.get(i));
            masks.add(sliding ? sliding(c, window) : Mask.CAUSAL);
        }
        return List.copyOf(masks);
    }

    /** One mask for all layers: a window where the config names one. */
    public static Mask ofAll(ModelConfig c) {
        Optional<Mask> window = c.optionalInteger("sliding_window").map(Mask.SlidingWindow::new);
        return window.orElse(Mask.CAUSAL);
    }

    /** The masks of a family whose layers from {@code max_window_layers} on see a window, if the config turns that on. */
    public static List<Mask> ofUpper(ModelConfig c, int layers) {
        boolean windows = c.flag("use_sliding_window", false);
        int firstWindow = c.integer("max_window_layers", 28);
        return of(c, layers, i -> windows && i >= firstWindow);
    }

    private static boolean isSliding(ModelConfig c, String type) {
        if (!type.equals(FULL) && !type.equals(SLIDING)) {
            throw c.wrong("layer_types", type, FULL + " or " + SLIDING);
        }
        return type.equals(SLIDING);
    }

    private static Mask sliding(ModelConfig c, Optional<Integer> window) {
        return new Mask.SlidingWindow(
                window.orElseThrow(() -> c.wrong("sliding_window", "missing", "the tokens that a layer sees")));
    }
}
