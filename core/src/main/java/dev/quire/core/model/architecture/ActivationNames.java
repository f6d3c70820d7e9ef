package dev.quire.core.model.architecture;

import dev.quire.api.program.Activation;
import dev.quire.core.model.ModelConfig;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Activations by the names that configs give them. */
public final class ActivationNames {
    private static final Map<String, Activation> NAMES = new TreeMap<>(Map.ofEntries(
            Map.entry("silu", Activation.SILU),
            Map.entry("swish", Activation.SILU),
            Map.entry("gelu", Activation.GELU),
            Map.entry("gelu_new", Activation.GELU_TANH),
            Map.entry("gelu_fast", Activation.GELU_TANH),
            Map.entry("gelu_pytorch_tanh", Activation.GELU_TANH),
            Map.entry("quick_gelu", Activation.QUICK_GELU),
            Map.entry("relu", Activation.RELU),
            Map.entry("relu2", Activation.RELU_SQUARED),
            Map.entry("tanh", Activation.TANH),
            Map.entry("sigmoid", Activation.SIGMOID)));

    private ActivationNames() {}

    /**
     * The activation that the config names under {@code key}.
     *
     * @throws dev.quire.core.model.ModelConfigException listing the known names
     */
    public static Activation of(ModelConfig config, String key, String orElse) {
        String name = config.text(key, orElse);
        return Optional.ofNullable(NAMES.get(name))
                .orElseThrow(() -> config.wrong(key, name, "one of " + NAMES.keySet()));
    }
}
