package dev.quire.core.model;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.DType;
import dev.quire.core.cache.BlockCopies;
import dev.quire.core.scheduler.StepPlan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs plans on a backend: copies blocks, submits the forward step, then the sampling step, all without waiting; of both, tokens come back, and
 * log-probabilities where a row asks for them. Owns the executables, the KV cache and the buffers between them. Confined to the engine thread.
 */
public final class ModelRunner implements AutoCloseable {
    /** Steps that may be in flight: one runs while the next is issued. */
    public static final int DEPTH = 2;

    /** Alternatives that a row can report. */
    public static final int MAX_TOP_LOGPROBS = 20;

    /** What the sampling step alone reads. */
    private static final Set<String> KEPT = Set.of("logits");
    /** Beside it, what the host reads only where a row asks for log-probabilities. */
    private static final Set<String> KEPT_WITHOUT_LOGPROBS = Set.of("logits", "ranks", "top_ids", "top_logprobs");

    private static final Logger LOG = LoggerFactory.getLogger(ModelRunner.class);

    private final AttentionBackend backend;
    private final Executable forward;
    private final Executable sampling;
    private final KvCache cache;
    private final Buffer logits;
    private final List<Map<String, Buffer>> outputs;
    private final Deque<StepInFlight> inFlight = new ArrayDeque<>();
    private int turn;

    /**
     * @param forward compiled program that ends at {@code logits}
     * @param sampling compiled {@link #samplingProgram}
     * @param layout with the number of blocks decided
     * @param logitRows rows of logits of the largest step
     * @param samplingRows rows of the largest sampling step
     */
    public ModelRunner(
            AttentionBackend backend,
            Executable forward,
            Executable sampling,
            KvCacheLayout layout,
            int vocabSize,
            int logitRows,
            int samplingRows) {
        this.backend = backend;
        this.forward = forward;
        this.sampling = sampling;
        this.cache = backend.allocate(layout);
        this.logits = backend.buffer(DType.F32, logitRows, vocabSize);
        List<Map<String, Buffer>> sets = new ArrayList<>();
        for (int i = 0; i < DEPTH; i++) {
            sets.add(Map.of(
                    "logits", logits,
                    "sampled", backend.buffer(DType.I32, samplingRows, 1),
                    "ranks", backend.buffer(DType.I32, samplingRows, 1),
                    "top_ids", backend.buffer(DType.I32, samplingRows, 1 + MAX_TOP_LOGPROBS),
                    "top_logprobs", backend.buffer(DType.F32, samplingRows, 1 + MAX_TOP_LOGPROBS)));
        }
        this.outputs = List.copyOf(sets);
    }

    /** The program of a sampling step over rows of {@code vocabSize} logits. */
    public static Program samplingProgram(int vocabSize) {
        return Program.sampling(vocabSize, MAX_TOP_LOGPROBS);
    }

    /**
     * Issues a step; it takes effect after every step issued before.
     *
     * @param logitRows the row of the step's logits that each sampling row reads; the plan's samples come first, in their order
     * @param rows how each is sampled
     */
    public StepInFlight issue(StepPlan plan, int[] logitRows, List<SamplingRow> rows) {
        if (inFlight.size() == DEPTH) {
            throw new IllegalStateException("%d steps are in flight; complete one first".formatted(DEPTH));
        }
        copyBlocks(plan.copies());
        Map<String, Buffer> io = outputs.get(turn);
        StepBatch batch = StepAssembler.assemble(plan, this::samplingTicket);
        Ticket last = forward.submit(batch, new Bindings(Optional.of(cache), Map.of("logits", logits), KEPT));
        if (!rows.isEmpty()) {
            last = sampling.submit(StepBatch.sampling(logitRows, rows), sampled(io, rows));
        }
        SampledRows sampled =
                new SampledRows(io.get("sampled"), io.get("ranks"), io.get("top_ids"), io.get("top_logprobs"));
        StepInFlight step = new StepInFlight(plan, last, sampled);
        inFlight.addLast(step);
        turn = (turn + 1) % DEPTH;
        return step;
    }

    /**
     * Runs a few dozen small steps that nobody reads, so that the JVM compiles what steps run before a first request waits for it. To be called before the
     * first {@link #issue} only: it writes blocks that nobody holds yet.
     *
     * @param mostTokens of a step
     * @param mostContext tokens of a sequence
     * @param goOn asked before each step
     * @return steps that ran
     * @throws dev.quire.api.BackendException if one failed
     */
    public int warmUp(int mostTokens, int mostContext, BooleanSupplier goOn) {
        CacheGroup group = cache.layout().groups().getFirst();
        WarmUp steps = WarmUp.within(group, mostTokens, mostContext);
        int done = 0;
        for (; done < WarmUp.STEPS && goOn.getAsBoolean(); done++) {
            Bindings io = new Bindings(Optional.of(cache), Map.of("logits", logits), KEPT);
            forward.submit(steps.forward(done, group.blockSize()), io);
            StepBatch batch = WarmUp.sampling(done);
            sampling.submit(batch, sampled(outputs.getFirst(), batch.sampling()))
                    .await();
        }
        return done;
    }

    /**
     * Waits for the oldest step in flight.
     *
     * @throws dev.quire.api.BackendException if it failed; the steps behind it must then be {@link #abandon}ed
     */
    public StepInFlight await() {
        StepInFlight oldest = inFlight.element();
        oldest.sampling().await();
        return inFlight.remove();
    }

    /** Waits until nothing runs and forgets what was in flight. */
    public void abandon() {
        for (StepInFlight step : inFlight) {
            try {
                step.sampling().await();
            } catch (BackendException failed) {
                LOG.debug("an abandoned step failed too", failed);
            }
        }
        inFlight.clear();
    }

    /** Steps in flight. */
    public int inFlight() {
        return inFlight.size();
    }

    @Override
    public void close() {
        abandon();
        forward.close();
        sampling.close();
        cache.close();
    }

    private static Bindings sampled(Map<String, Buffer> io, List<SamplingRow> rows) {
        boolean asked = rows.stream().anyMatch(row -> row.topLogprobs() >= 0);
        return new Bindings(Optional.empty(), io, asked ? KEPT : KEPT_WITHOUT_LOGPROBS);
    }

    private Ticket samplingTicket(long step) {
        return inFlight.stream()
                .filter(issued -> issued.plan().step() == step)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("step " + step + " is not in flight"))
                .sampling();
    }

    private void copyBlocks(BlockCopies copies) {
        if (copies.isEmpty()) {
            return;
        }
        int[] sources = new int[copies.size()];
        int[] destinations = new int[copies.size()];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = copies.source(i);
            destinations[i] = copies.destination(i);
        }
        backend.copyBlocks(cache, new BlockPairs(0, sources, destinations));
    }
}
