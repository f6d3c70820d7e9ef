package dev.quire.core.model;

/**
 * What a served model is.
 *
 * @param architecture name of its family, as checkpoints spell it
 * @param vocabSize logits of a row
 * @param hiddenSize width of the residual stream
 * @param layers transformer layers
 * @param maxPositions longest sequence that it was trained for
 */
public record ModelInfo(String architecture, int vocabSize, int hiddenSize, int layers, int maxPositions) {}
