package dev.quire.server.bench;

import dev.quire.api.AttentionBackend;
import dev.quire.api.StepLimits;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.types.Numerics;
import dev.quire.core.cache.BlockManager;
import dev.quire.core.cache.PrefixCaching;
import dev.quire.core.engine.Engine;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.engine.SchedulerParts;
import dev.quire.core.engine.ServedModel;
import dev.quire.core.model.ModelRunner;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.TokenEvent;
import dev.quire.core.scheduler.Scheduler;
import dev.quire.core.scheduler.SchedulerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/** Time to the first token through the engine, with and without a cached prefix. */
final class PrefixBench implements AutoCloseable {
    private static final int ROUNDS = 9;

    private final Engine engine;
    private final SplittableRandom random = new SplittableRandom(1);

    PrefixBench(AttentionBackend backend, MadeModel model, Numerics numerics) {
        SchedulerOptions options = SchedulerOptions.defaults();
        StepLimits limits = new StepLimits(
                options.maxNumBatchedTokens(),
                options.maxNumSeqs(),
                options.maxNumSeqs() + options.maxLogitRows(),
                MadeModel.CONTEXT);
        BlockManager blocks = new BlockManager(1024, 16, PrefixCaching.ON);
        var forward = model.definition().forward();
        ModelRunner runner = new ModelRunner(
                backend,
                backend.compile(forward, backend.load(forward.weights(), model::weight), limits, numerics),
                backend.compile(
                        ModelRunner.samplingProgram(MadeModel.VOCABULARY),
                        backend.load(List.of(), model::weight),
                        limits,
                        numerics),
                new KvCacheLayout(
                        List.of(model.definition().cache().groups().getFirst().withBlocks(1024))),
                MadeModel.VOCABULARY,
                options.maxNumSeqs(),
                limits.maxLogitRows());
        this.engine = new Engine(
                new ServedModel(MadeModel.VOCABULARY, MadeModel.CONTEXT, Set.of()),
                EngineOptions.DEFAULT,
                new SchedulerParts(new Scheduler(options, blocks), blocks),
                runner,
                report -> {});
    }

    /**
     * Median seconds to the first token.
     *
     * @param uncached for a prompt that was never seen
     * @param cached for the same prompt again, with another last token
     */
    record FirstToken(double uncached, double cached) {}

    FirstToken measure(int promptTokens) {
        List<Double> uncached = new ArrayList<>();
        List<Double> cached = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            int[] prompt = random.ints(promptTokens, 1, MadeModel.VOCABULARY).toArray();
            uncached.add(seconds(prompt));
            prompt[promptTokens - 1]--;
            cached.add(seconds(prompt));
        }
        uncached.sort(null);
        cached.sort(null);
        return new FirstToken(uncached.get(ROUNDS / 2), cached.get(ROUNDS / 2));
    }

    private double seconds(int[] prompt) {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        long start = System.nanoTime();
        long[] arrived = new long[1];
        engine.submit(
                GenerationRequest.of(
                        "bench",
                        prompt,
                        SamplingParams.greedy().toBuilder().maxTokens(1).build()),
                event -> {
                    if (event instanceof TokenEvent.Token) {
                        arrived[0] = System.nanoTime();
                        first.countDown();
                    } else if (event instanceof TokenEvent.Completed
                            || event instanceof TokenEvent.Failed
                            || event instanceof TokenEvent.Refused) {
                        end.countDown();
                    }
                });
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the benchmark was interrupted", e);
        }
        if (first.getCount() > 0) {
            throw new IllegalStateException("the engine gave no token");
        }
        return (arrived[0] - start) * 1e-9;
    }

    @Override
    public void close() {
        engine.close();
    }
}
