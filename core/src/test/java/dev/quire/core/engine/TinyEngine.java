package dev.quire.core.engine;

import dev.quire.api.AttentionBackend;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.core.cache.BlockManager;
import dev.quire.core.cache.PrefixCaching;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ModelRunner;
import dev.quire.core.model.architecture.Architecture;
import dev.quire.core.model.architecture.Architectures;
import dev.quire.core.scheduler.Scheduler;
import dev.quire.core.scheduler.SchedulerOptions;
import dev.quire.core.scheduler.SchedulingPolicy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;

/** A small Llama with weights from a seed, served by an engine on the oracle. */
final class TinyEngine {
    static final int VOCABULARY = 61;
    static final int EOS = 3;
    private static final int MAX_MODEL_LEN = 160;

    private TinyEngine() {}

    record Limits(int maxNumSeqs, int maxNumBatchedTokens, int maxLogitRows, int blocks, PrefixCaching caching) {
        static final Limits ROOMY = new Limits(64, 256, 128, 1024, PrefixCaching.ON);
    }

    static Engine start(Limits limits) {
        return start(limits, new OracleBackend());
    }

    static Engine start(Limits limits, AttentionBackend backend) {
        Map<String, Object> config = Map.of(
                "architectures", List.of("LlamaForCausalLM"),
                "vocab_size", VOCABULARY,
                "hidden_size", 24,
                "intermediate_size", 40,
                "num_hidden_layers", 2,
                "num_attention_heads", 3,
                "num_key_value_heads", 1,
                "rms_norm_eps", 1e-6,
                "tie_word_embeddings", true);
        ModelConfig model = new ModelConfig(config, "tiny model");
        Architecture.Definition definition = Architectures.onClassPath()
                .of(model)
                .define(model, name -> WeightFormat.F32, new Architecture.Serving(DType.F32, 4, OptionalInt.empty()));
        StepLimits step = new StepLimits(
                limits.maxNumBatchedTokens(),
                limits.maxNumSeqs(),
                limits.maxLogitRows() + limits.maxNumSeqs(),
                MAX_MODEL_LEN);
        Program sampling = ModelRunner.samplingProgram(VOCABULARY);
        Weights weights = backend.load(definition.forward().weights(), TinyEngine::random);
        CacheGroup group = definition.cache().groups().getFirst().withBlocks(limits.blocks());
        ModelRunner runner = new ModelRunner(
                backend,
                backend.compile(definition.forward(), weights, step, Numerics.FAST),
                backend.compile(sampling, backend.load(List.of(), TinyEngine::random), step, Numerics.FAST),
                new KvCacheLayout(List.of(group)),
                VOCABULARY,
                limits.maxLogitRows(),
                step.maxLogitRows());
        BlockManager blocks = new BlockManager(limits.blocks(), 4, limits.caching());
        SchedulerOptions options = new SchedulerOptions(
                limits.maxNumSeqs(), limits.maxNumBatchedTokens(), limits.maxLogitRows(), SchedulingPolicy.FCFS, 0.01);
        return new Engine(
                new ServedModel(VOCABULARY, MAX_MODEL_LEN, Set.of(EOS)),
                EngineOptions.DEFAULT,
                new SchedulerParts(new Scheduler(options, blocks), blocks),
                runner,
                report -> {});
    }

    /** Weights that depend on their name alone; large enough for logits with clear margins. */
    private static MemorySegment random(WeightRef ref) {
        Random random = new Random(ref.name().hashCode());
        MemorySegment memory = Arena.ofAuto().allocate(ref.bytes(), 64);
        double scale = ref.rows() == 1 ? 1 : 3 / Math.sqrt(ref.columns());
        for (long i = 0; i < (long) ref.rows() * ref.columns(); i++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (random.nextGaussian() * scale));
        }
        return memory;
    }
}
