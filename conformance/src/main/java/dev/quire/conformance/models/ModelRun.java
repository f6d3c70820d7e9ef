package dev.quire.conformance.models;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.placement.HybridBackend;
import dev.quire.api.placement.ProgramPlacement;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A model, loaded on a backend: given a whole text, the logits after each of its last tokens, computed in one step. For one thread. */
public final class ModelRun implements AutoCloseable {
    private final List<CacheGroup> groups;
    private final int longest;
    private final Weights weights;
    private final Executable forward;
    private final KvCache cache;
    private final Buffer logits;

    /**
     * Loads {@code model}.
     *
     * @param backend runs what it grants; stays the caller's, and outlives this
     * @param definition runs what {@code backend} refuses; likewise
     * @param longest tokens of one text
     * @param rows wanted of one text
     * @throws BackendException of kind UNSUPPORTED if neither runs some op
     */
    public ModelRun(
            AttentionBackend backend,
            AttentionBackend definition,
            KitModel model,
            Numerics numerics,
            int longest,
            int rows) {
        ProgramPlacement placement = ProgramPlacement.of(model.forward(), backend, Optional.of(definition), numerics);
        placement.requireRunners();
        AttentionBackend whole =
                placement.isWhole() ? backend : new HybridBackend(backend, definition, List.of(placement));
        this.groups = model.cache().groups();
        this.longest = longest;
        this.weights = whole.load(placement.program().weights(), model.weights());
        this.forward = whole.compile(placement.program(), weights, new StepLimits(longest, 1, rows, longest), numerics);
        this.cache = whole.allocate(new KvCacheLayout(groups.stream()
                .map(group -> group.withBlocks(Math.ceilDiv(longest, group.blockSize())))
                .toList()));
        this.logits = whole.buffer(DType.F32, rows, model.vocabulary());
    }

    /**
     * Runs a text.
     *
     * @param tokens from the first
     * @param rows how many of the last tokens' logits are wanted
     * @return [rows, vocabulary]; overwritten by the next call
     */
    public Buffer logits(int[] tokens, int rows) {
        if (tokens.length > longest || rows > logits.rows() || rows > tokens.length) {
            throw new IllegalArgumentException(
                    "%d rows of %d tokens; at most %d of %d".formatted(rows, tokens.length, logits.rows(), longest));
        }
        int[] places = IntStream.range(0, tokens.length).toArray();
        int[] wanted = IntStream.range(tokens.length - rows, tokens.length).toArray();
        StepBatch batch = new StepBatch(
                StepTokens.known(tokens),
                places,
                new int[] {0, tokens.length},
                wanted,
                new int[0],
                groups.stream().map(group -> step(group, places)).toList(),
                List.of());
        forward.submit(batch, new Bindings(Optional.of(cache), Map.of(KitModel.LOGITS, logits)))
                .await();
        return logits;
    }

    /** Blocks in order, from the first. */
    private static GroupStep step(CacheGroup group, int[] places) {
        int blocks = Math.ceilDiv(places.length, group.blockSize());
        return new GroupStep(
                new int[] {places.length}, IntStream.range(0, blocks).toArray(), blocks, places);
    }

    @Override
    public void close() {
        cache.close();
        forward.close();
        weights.close();
    }
}
