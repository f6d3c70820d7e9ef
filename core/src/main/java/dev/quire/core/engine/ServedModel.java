package dev.quire.core.engine;

import java.util.Set;

/**
 * What the engine must know of the model that its runner runs.
 *
 * @param vocabSize ids are below it
 * @param maxModelLen longest sequence
 * @param eosTokens ids that end a sequence
 */
public record ServedModel(int vocabSize, int maxModelLen, Set<Integer> eosTokens) {
    public ServedModel {
        eosTokens = Set.copyOf(eosTokens);
    }
}
