package dev.quire.api.program;

/** Elementwise functions of plain and gated MLPs. */
public enum Activation {
    /** x / (1 + exp(−x)). */
    SILU,
    /** x · Φ(x), with the error function (Hendrycks and Gimpel 2016). */
    GELU,
    /** x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³))), GELU's tanh form. */
    GELU_TANH,
    /** x / (1 + exp(−1.702·x)). */
    QUICK_GELU,
    /** max(x, 0). */
    RELU,
    /** max(x, 0)². */
    RELU_SQUARED,
    /** tanh(x). */
    TANH,
    /** 1 / (1 + exp(−x)). */
    SIGMOID
}
