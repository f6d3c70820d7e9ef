package dev.quire.server.bench.model;

import dev.quire.api.BackendInfo;
import dev.quire.api.WeightSource;
import dev.quire.api.format.SeededSource;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.types.DType;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.llm.ForwardModel;
import dev.quire.core.llm.LlmOptions;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ModelInfo;
import dev.quire.core.model.architecture.Architecture;
import dev.quire.core.model.architecture.Architectures;
import dev.quire.core.text.SpecialTokens;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * A model to measure.
 *
 * @param name for the report
 * @param info its sizes
 * @param forward from token ids to {@code logits}
 * @param cache its cache groups, with no blocks
 * @param weights read once by each backend
 * @param maxModelLen tokens of the longest sequence
 * @param tokenizer makes tokens of texts; of a shape, refuses to
 * @param files closes what the weights are read from
 */
public record BenchModel(
        String name,
        ModelInfo info,
        Program forward,
        KvCacheLayout cache,
        WeightSource weights,
        int maxModelLen,
        Function<String, int[]> tokenizer,
        Runnable files)
        implements AutoCloseable {
    private static final int BLOCK = 16;

    /**
     * A real model.
     *
     * @param backend decides the type of the cache
     * @throws RuntimeException as {@link ForwardModel#open} does
     */
    public static BenchModel open(String name, LlmOptions options, BackendInfo backend) {
        ForwardModel model = ForwardModel.open(options, backend);
        return new BenchModel(
                name,
                model.info(),
                model.program(),
                model.cache(),
                model.weights(),
                model.maxModelLen(),
                text -> model.tokenizer().encode(text, SpecialTokens.ADD),
                model::close);
    }

    /**
     * A model's shape with weights from a seed, and a cache in bf16.
     *
     * @param shape as {@link Shapes#config} takes it
     * @param format of its matrices
     * @throws IllegalArgumentException if there is no such shape, or its rows do not fill blocks of the format
     */
    public static BenchModel made(String shape, WeightFormat format, long seed) {
        ModelConfig config = new ModelConfig(Shapes.config(shape), shape);
        Architecture.Definition model = Architectures.onClassPath()
                .of(config)
                .define(
                        config,
                        weight -> format,
                        new Architecture.Serving(
                                format == WeightFormat.F32 ? DType.F32 : DType.BF16, BLOCK, OptionalInt.empty()));
        String name = "%s's shape in %s, weights from seed %d".formatted(shape, format, seed);
        return new BenchModel(
                name,
                model.info(),
                model.forward(),
                model.cache(),
                new SeededSource(seed),
                model.info().maxPositions(),
                text -> {
                    throw new IllegalArgumentException(
                            "a shape has no tokenizer; give prompts as token ids, or a real model (--load-format auto)");
                },
                () -> {});
    }

    @Override
    public void close() {
        files.run();
    }
}
