package dev.quire.core.llm;

import dev.quire.api.BackendInfo;
import dev.quire.api.types.Numerics;
import dev.quire.core.model.ModelInfo;

/**
 * What is served, on what.
 *
 * @param model sizes of the model
 * @param maxModelLen tokens of the longest sequence, prompt and answer together
 * @param weightBytes bytes of weights on the device
 * @param cache size of the KV cache
 * @param backend what runs it
 * @param numerics what it promises about the last bits of logits
 */
public record LlmInfo(
        ModelInfo model, int maxModelLen, long weightBytes, CacheSize cache, BackendInfo backend, Numerics numerics) {}
