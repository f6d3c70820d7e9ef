package dev.quire.core.model.checkpoint;

/** What happens to weights that are stored quantized, {@code --quantization}. */
public enum Quantization {
    /** They stay as they are stored. */
    AUTO,
    /** They are expanded to the {@link WeightDType}. */
    NONE
}
