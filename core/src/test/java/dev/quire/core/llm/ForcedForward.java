package dev.quire.core.llm;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.DeviceChoice;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
import dev.quire.core.source.ModelFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A model without an engine: given a whole text, the logits after each of its last tokens, in one step. */
final class ForcedForward implements AutoCloseable {
    private final Resources resources = new Resources();
    private final int blockSize;
    private final Executable forward;
    private final KvCache cache;
    private final Buffer logits;

    /**
     * @param maxTokens of one text
     * @param maxRows of one text
     */
    ForcedForward(LlmOptions options, int maxTokens, int maxRows) {
        this.blockSize = options.engine().blockSize();
        DeviceOptions device = options.device();
        AttentionBackend backend = Backends.open(
                Backends.onClassPath().choose(device.backend()),
                DeviceChoice.BEST,
                new BackendOptions(device.threads(), device.cacheDirectory(), notice -> {}, device.settings()));
        resources.add(backend, backend::close);
        OpenModel model =
                OpenModel.of(new ModelFiles.GgufFile(Path.of(options.model().name())));
        try (var checkpoint = model.checkpoint()) {
            var definition =
                    ModelDefinition.of(checkpoint, options, backend.info()).architecture();
            Program program = definition.forward();
            var weights = backend.load(program.weights(), checkpoint.weights());
            resources.add(weights, weights::close);
            StepLimits limits = new StepLimits(maxTokens, 1, maxRows, maxTokens);
            forward = backend.compile(program, weights, limits, options.engine().numerics());
            resources.add(forward, forward::close);
            List<CacheGroup> groups = definition.cache().groups().stream()
                    .map(group -> group.withBlocks(Math.ceilDiv(maxTokens, blockSize)))
                    .toList();
            cache = backend.allocate(new KvCacheLayout(groups));
            resources.add(cache, cache::close);
            logits = backend.buffer(DType.F32, maxRows, definition.info().vocabSize());
        }
    }

    /** The logits after each of the last {@code rows} tokens; overwritten by the next call. */
    Buffer logits(int[] tokens, int rows) {
        int[] places = IntStream.range(0, tokens.length).toArray();
        int[] last = IntStream.range(tokens.length - rows, tokens.length).toArray();
        int blocks = Math.ceilDiv(tokens.length, blockSize);
        int[] table = IntStream.range(0, blocks).toArray();
        GroupStep group = new GroupStep(new int[] {tokens.length}, table, blocks, places);
        StepBatch batch = new StepBatch(
                StepTokens.known(tokens),
                places,
                new int[] {0, tokens.length},
                last,
                new int[0],
                List.of(group),
                List.of());
        forward.submit(batch, new Bindings(Optional.of(cache), Map.of("logits", logits)))
                .await();
        return logits;
    }

    @Override
    public void close() {
        resources.close();
    }
}
