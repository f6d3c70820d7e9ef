package dev.quire.core.llm;

import dev.quire.api.BackendInfo;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.placement.ProgramPlacement;
import dev.quire.core.model.ModelInfo;

/**
 * What would run where.
 *
 * @param model sizes of the model
 * @param maxModelLen tokens of the longest sequence
 * @param cache what keys and values are kept in, with no blocks
 * @param backend what would run it
 * @param forward each op of the forward step, and who runs it
 * @param sampling each op of the sampling step, and who runs it
 */
public record Explanation(
        ModelInfo model,
        int maxModelLen,
        KvCacheLayout cache,
        BackendInfo backend,
        ProgramPlacement forward,
        ProgramPlacement sampling) {}
