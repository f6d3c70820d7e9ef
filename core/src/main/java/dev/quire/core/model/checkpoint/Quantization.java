package dev.quire.core.model.checkpoint;

/** Which weights are quantized in memory, {@code --quantization}. */
public enum Quantization {
    /** Those that are stored quantized, as they are stored. */
    AUTO,
    /** None: what is stored quantized is expanded to the {@link WeightDType}. */
    NONE,
    /** Those that are stored quantized, as they are stored, and matrices of linear layers, to INT8 while they are loaded; not embeddings, heads or routers. */
    INT8
}
