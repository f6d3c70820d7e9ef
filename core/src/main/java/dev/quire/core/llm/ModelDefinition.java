package dev.quire.core.llm;

import dev.quire.api.BackendException;
import dev.quire.api.BackendInfo;
import dev.quire.api.StepLimits;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.model.ModelInfo;
import dev.quire.core.model.architecture.Architecture;
import dev.quire.core.model.checkpoint.CheckpointFormats;
import dev.quire.core.model.checkpoint.ModelCheckpoint;
import dev.quire.core.model.checkpoint.WeightDType;
import java.util.List;
import java.util.Set;

/**
 * A model as it will be served: its program in the types that were asked for, and its longest sequence.
 *
 * @param architecture sizes, program and cache groups
 * @param maxModelLen tokens of the longest sequence
 */
record ModelDefinition(Architecture.Definition architecture, int maxModelLen) {
    /** Element types of the KV cache that dtype auto takes in fast numerics, best first. */
    private static final List<DType> FAST_CACHE_TYPES = List.of(DType.BF16, DType.F16, DType.F32);

    /**
     * @throws dev.quire.core.model.ModelConfigException if Quire does not run the model
     * @throws dev.quire.core.weights.format.WeightFormatException if the weights do not fit the config
     * @throws BackendException if the backend does not offer the cache type
     */
    static ModelDefinition of(ModelCheckpoint checkpoint, LlmOptions options, BackendInfo backend) {
        ModelOptions model = options.model();
        EngineOptions engine = options.engine();
        CheckpointFormats formats = new CheckpointFormats(checkpoint.weights(), model.dtype(), model.quantization());
        DType cacheType = cacheType(model, engine.numerics(), backend);
        Architecture.Definition definition = checkpoint.define(
                formats, new Architecture.Serving(cacheType, engine.blockSize(), engine.maxModelLen()));
        formats.check();
        formats.leftNotice().ifPresent(options.listener()::notice);
        formats.notice()
                .map(rounded -> engine.numerics() == Numerics.FAST
                        ? rounded + " Pass --dtype float32 to keep every bit."
                        : rounded)
                .ifPresent(options.listener()::notice);
        return new ModelDefinition(definition, maxModelLen(definition.info(), engine));
    }

    private static DType cacheType(ModelOptions model, Numerics numerics, BackendInfo backend) {
        Set<DType> offered = backend.cacheTypes();
        List<DType> wanted = model.cacheDType()
                .named()
                .map(List::of)
                .orElseGet(() -> model.dtype() == WeightDType.AUTO && numerics == Numerics.FAST
                        ? FAST_CACHE_TYPES
                        : List.of(model.dtype().cacheType()));
        return wanted.stream()
                .filter(offered::contains)
                .findFirst()
                .orElseThrow(() -> new BackendException(
                        BackendException.Kind.UNSUPPORTED,
                        "Backend '%s' keeps keys and values in %s, not in %s, as kv-cache-dtype %s, dtype %s and numerics %s need; choose others, or another backend."
                                .formatted(
                                        backend.name(), offered, wanted, model.cacheDType(), model.dtype(), numerics)));
    }

    private static int maxModelLen(ModelInfo info, EngineOptions engine) {
        int wanted = engine.maxModelLen().orElse(info.maxPositions());
        if (wanted > info.maxPositions()) {
            throw new IllegalArgumentException(
                    "max-model-len is %d, but the model was trained for sequences of up to %d tokens; lower max-model-len, or leave it out"
                            .formatted(wanted, info.maxPositions()));
        }
        return wanted;
    }

    /** The largest step: prompt scores and forked choices may each want a row of logits. */
    StepLimits limits(EngineOptions engine) {
        return new StepLimits(
                engine.maxNumBatchedTokens(),
                engine.maxNumSeqs(),
                engine.maxLogitRows() + engine.maxNumSeqs(),
                maxModelLen);
    }
}
