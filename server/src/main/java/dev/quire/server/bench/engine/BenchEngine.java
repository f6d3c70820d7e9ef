package dev.quire.server.bench.engine;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.core.cache.BlockManager;
import dev.quire.core.cache.PrefixCaching;
import dev.quire.core.engine.Engine;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.engine.SchedulerParts;
import dev.quire.core.engine.ServedModel;
import dev.quire.core.engine.StepReport;
import dev.quire.core.model.ModelRunner;
import dev.quire.core.scheduler.Scheduler;
import dev.quire.core.scheduler.SchedulerOptions;
import dev.quire.core.scheduler.SchedulingPolicy;
import dev.quire.server.bench.Contender;
import dev.quire.server.bench.model.BenchModel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** An engine over one contender, for requests of token ids. No token ends a sequence before its length. */
public final class BenchEngine implements AutoCloseable {
    /** The share of blocks that an admission leaves to those who run. */
    private static final double WATERMARK = 0.01;

    /** Frees what the engine needs and does not own, the last first. */
    private final Deque<Runnable> frees = new ArrayDeque<>();

    private final Engine engine;

    /**
     * Loads the model and starts an engine.
     *
     * @param contender runs the whole model; stays the caller's
     * @param model stays the caller's
     * @param blocks of the KV cache
     * @param maxContext tokens of the longest sequence
     * @param observer told of each completed step, on the engine thread
     * @throws dev.quire.api.BackendException if the contender does not run the whole model, or memory runs out
     */
    public BenchEngine(
            Contender contender,
            BenchModel model,
            EngineOptions options,
            int blocks,
            int maxContext,
            Consumer<StepReport> observer) {
        Deque<Runnable> begun = new ArrayDeque<>();
        try {
            engine = start(contender, model, options, blocks, maxContext, observer, begun);
        } catch (RuntimeException e) {
            begun.forEach(Runnable::run);
            frees.forEach(Runnable::run);
            throw e;
        }
    }

    /** @param begun receives what frees the parts that the engine owns once it is there */
    private Engine start(
            Contender contender,
            BenchModel model,
            EngineOptions options,
            int blocks,
            int maxContext,
            Consumer<StepReport> observer,
            Deque<Runnable> begun) {
        AttentionBackend backend = contender.backend();
        int vocabulary = model.info().vocabSize();
        int rows = options.maxLogitRows() + options.maxNumSeqs();
        StepLimits limits = new StepLimits(options.maxNumBatchedTokens(), options.maxNumSeqs(), rows, maxContext);
        Program forward = model.forward()
                .expand(op -> !backend.supports(op, contender.numerics()).granted());
        Weights weights = backend.load(forward.weights(), model.weights());
        frees.addFirst(weights::close);
        Weights none = backend.load(List.of(), model.weights());
        frees.addFirst(none::close);
        Executable step = backend.compile(forward, weights, limits, contender.numerics());
        begun.addFirst(step::close);
        Executable sampling =
                backend.compile(ModelRunner.samplingProgram(vocabulary), none, limits, contender.numerics());
        begun.addFirst(sampling::close);
        KvCacheLayout layout = new KvCacheLayout(model.cache().groups().stream()
                .map(group -> group.withBlocks(blocks))
                .toList());
        ModelRunner runner = new ModelRunner(backend, step, sampling, layout, vocabulary, options.maxLogitRows(), rows);
        begun.clear();
        begun.addFirst(runner::close);
        BlockManager manager = new BlockManager(
                blocks,
                model.cache().groups().getFirst().blockSize(),
                options.prefixCaching() ? PrefixCaching.ON : PrefixCaching.OFF);
        SchedulerOptions scheduling = new SchedulerOptions(
                options.maxNumSeqs(),
                options.maxNumBatchedTokens(),
                options.maxLogitRows(),
                SchedulingPolicy.FCFS,
                WATERMARK);
        return new Engine(
                new ServedModel(vocabulary, maxContext, Set.of()),
                options,
                new SchedulerParts(new Scheduler(scheduling, manager), manager),
                runner,
                observer);
    }

    /** The engine; closed with this. */
    public Engine engine() {
        return engine;
    }

    @Override
    public void close() {
        engine.close();
        frees.forEach(Runnable::run);
    }
}
