package dev.quire.core.scheduler;

import dev.quire.core.cache.BlockManager;
import dev.quire.core.cache.BlockTable;
import dev.quire.core.cache.PrefixSalt;
import dev.quire.core.cache.TokenHistory;
import dev.quire.core.scheduler.Sequence.State;
import dev.quire.core.scheduler.StepPlan.Run;
import dev.quire.core.scheduler.StepPlan.Sample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Decides who runs next: continuous batching (Yu et al. 2022, Orca, §3.1) with chunked prefill (Agrawal et al. 2024, Sarathi-Serve, §4),
 * prefix caching, and preemption by recomputation (Kwon et al. 2023, §4.5). The package's page numbers the rules.
 *
 * <p>The engine's loop: {@link #plan}, issue the step, and in the order of issue {@link #complete} with the sampled tokens; between any two
 * calls it may {@link #add} and {@link #finish}. Confined to one thread.
 */
public final class Scheduler {
    private final SchedulerOptions options;
    private final BlockManager blocks;
    private final int watermarkBlocks;
    private final Lineup lineup;
    private final Deque<StepPlan> inFlight = new ArrayDeque<>();
    private final Tally tally = new Tally();
    private long nextId;
    private long nextStep;

    /** @param blocks the cache's blocks, for this scheduler alone */
    public Scheduler(SchedulerOptions options, BlockManager blocks) {
        this.options = options;
        this.blocks = blocks;
        this.watermarkBlocks = (int) Math.ceil(options.watermark() * blocks.totalBlocks());
        this.lineup = new Lineup(options.policy());
    }

    /** Why a request could never run, if so: the numbers, and what would help. */
    public Optional<String> refusal(int promptLength, int choices, SequenceOptions wanted) {
        if (promptLength < 1) {
            return Optional.of("The prompt is empty; it needs at least one token.");
        }
        if (wanted.maxTotalTokens() <= promptLength) {
            return Optional.of(
                    "The prompt has %d tokens and leaves no room for output within %d; shorten it or allow more tokens."
                            .formatted(promptLength, wanted.maxTotalTokens()));
        }
        if (choices < 1 || choices > options.maxNumSeqs()) {
            return Optional.of("%d choices are wanted; from 1 to %d can run at once (max-num-seqs)."
                    .formatted(choices, options.maxNumSeqs()));
        }
        int needed = blocks.blocksFor(wanted.maxTotalTokens() - 1); // the last token is never written
        if (needed > blocks.totalBlocks()) {
            return Optional.of(
                    ("%d prompt tokens with up to %d output tokens need %d blocks of %d tokens, and the KV cache has %d; "
                                    + "lower max_tokens, shorten the prompt, or give the cache more memory.")
                            .formatted(
                                    promptLength,
                                    wanted.maxTotalTokens() - promptLength,
                                    needed,
                                    blocks.blockSize(),
                                    blocks.totalBlocks()));
        }
        return Optional.empty();
    }

    /**
     * Adds a request, whose choices share one prompt.
     *
     * @param prompt token ids; copied
     * @return the choices, in order
     * @throws IllegalArgumentException with the {@link #refusal}, if there is one
     */
    public List<Sequence> add(String requestId, int[] prompt, PrefixSalt salt, int choices, SequenceOptions wanted) {
        refusal(prompt.length, choices, wanted).ifPresent(reason -> {
            throw new IllegalArgumentException(reason);
        });
        var history = new TokenHistory(prompt, salt); // shared until they fork
        var group = new ArrayList<Sequence>(choices);
        for (int choice = 0; choice < choices; choice++) {
            group.add(new Sequence(nextId++, requestId, choice, history, wanted));
        }
        Sequence first = group.getFirst();
        first.unforked.addAll(group.subList(1, choices));
        lineup.enterWaiting(first);
        return List.copyOf(group);
    }

    /** Plans the next step. An empty plan means that nothing can be done before a step completes or a request comes. */
    public StepPlan plan() {
        var draft = new PlanDraft(nextStep, options, lineup.decodes());
        blocks.beginStep(nextStep);
        continueRunning(draft);
        if (!draft.isShortOfBlocks()) {
            admitWaiting(draft);
        }
        StepPlan plan = draft.finish();
        if (!plan.isEmpty()) {
            nextStep++;
            inFlight.addLast(plan);
            tally.planned();
        }
        return plan;
    }

    private void continueRunning(PlanDraft draft) {
        for (int i = 0; i < lineup.running(); i++) { // grows by forks and shrinks by victims, both behind i
            Sequence sequence = lineup.running(i);
            if (!sequence.isReady() || sequence.lastPlanned == draft.step()) {
                continue;
            }
            if (sequence.isDecode()) {
                draft.settleDecode();
            }
            int count = draft.chunk(sequence);
            if (count > 0 && makeRoom(sequence, count, draft)) {
                schedule(sequence, count, draft);
            }
        }
    }

    /** Reserves the blocks of the next {@code count} tokens, from victims if need be (rule S3). */
    private boolean makeRoom(Sequence sequence, int count, PlanDraft draft) {
        BlockTable table = sequence.table.orElseThrow();
        int end = sequence.scheduled + count;
        while (!blocks.reserve(table, sequence.scheduled, end, draft.copies())) {
            draft.noteShortOfBlocks();
            int needed = blocks.missing(table, sequence.scheduled, end);
            if (needed <= blocks.availableBlocks() + blocks.arrivingBlocks()) {
                return false; // they come with the steps in flight
            }
            Optional<Sequence> victim = lineup.victimBehind(sequence);
            if (victim.isEmpty()) {
                return false;
            }
            if (victim.get().isDecode()) {
                draft.settleDecode();
            }
            startOver(victim.get());
            tally.preempted();
        }
        return true;
    }

    private void startOver(Sequence sequence) {
        lineup.leave(sequence);
        letGo(sequence);
        sequence.startOver();
        lineup.enterWaiting(sequence);
    }

    private void letGo(Sequence sequence) {
        sequence.table.ifPresent(blocks::release);
        sequence.table = Optional.empty();
    }

    private void admitWaiting(PlanDraft draft) {
        Optional<Sequence> head = lineup.firstWaiting();
        while (head.isPresent() && admit(head.get(), draft)) {
            head = lineup.firstWaiting();
        }
    }

    private boolean admit(Sequence sequence, PlanDraft draft) {
        if (sequence.inFlight > 0 || lineup.seats() + sequence.seats() > options.maxNumSeqs()) {
            return false;
        }
        BlockTable table = blocks.open(sequence.tokens, sequence.cacheLimit());
        int hit = table.capacity();
        sequence.start(table, hit);
        int count = draft.chunk(sequence);
        if (count == 0
                || !leavesWatermark(sequence, table)
                || !blocks.reserve(table, hit, hit + count, draft.copies())) {
            letGo(sequence);
            sequence.startOver();
            return false;
        }
        lineup.leave(sequence);
        lineup.enterRunning(sequence);
        tally.admitted(sequence.length(), hit);
        if (sequence.reached == 0) {
            sequence.cachedPromptTokens = hit;
        }
        schedule(sequence, count, draft);
        return true;
    }

    /** Whether the whole sequence would fit and leave some blocks to those who run; who is alone need not. */
    private boolean leavesWatermark(Sequence sequence, BlockTable table) {
        int needed = blocks.missing(table, sequence.scheduled, sequence.length());
        return lineup.running() == 0 || blocks.availableBlocks() - needed >= watermarkBlocks;
    }

    private void schedule(Sequence sequence, int count, PlanDraft draft) {
        tally.scheduled(sequence, count);
        BlockTable table = sequence.table.orElseThrow();
        boolean samples = count == sequence.unscheduled();
        draft.add(sequence, table, count);
        if (samples) {
            fork(sequence, table, draft);
            letGoIfExhausted(sequence);
        }
    }

    private void fork(Sequence first, BlockTable table, PlanDraft draft) {
        for (Sequence choice : first.unforked) {
            choice.tokens = first.tokens.fork();
            choice.start(blocks.fork(table), first.scheduled);
            choice.computed = first.computed;
            choice.reached = first.scheduled;
            choice.cachedPromptTokens = first.cachedPromptTokens;
            choice.promptRowsDone = first.promptLength(); // the first choice delivers them
            lineup.enterRunning(choice);
            draft.sample(choice);
            letGoIfExhausted(choice);
            tally.forked();
        }
        first.unforked.clear();
    }

    /** A sequence whose last token is on its way needs its blocks no longer than this step. */
    private void letGoIfExhausted(Sequence sequence) {
        if (sequence.isExhausted()) {
            letGo(sequence);
        }
    }

    /**
     * Takes the outcome of the oldest step in flight.
     *
     * @param sampled a token for each of the plan's samples, in their order
     * @return the samples whose tokens were appended to their sequences; the others belong to finished ones and are surplus. A sequence
     *     that reaches its longest length is finished by this
     * @throws IllegalStateException if the plan is not the oldest in flight
     */
    public List<Sample> complete(StepPlan plan, int[] sampled) {
        requireOldest(plan);
        if (sampled.length != plan.samples().size()) {
            throw new IllegalArgumentException("Step " + plan.step() + " samples "
                    + plan.samples().size() + " tokens and was completed with " + sampled.length);
        }
        inFlight.removeFirst();
        for (Run run : plan.runs()) {
            computed(run);
        }
        var accepted = new ArrayList<Sample>(sampled.length);
        for (int i = 0; i < sampled.length; i++) {
            Sequence sequence = plan.samples().get(i).sequence();
            sequence.inFlight--;
            sequence.pending--;
            if (sequence.isFinished()) {
                continue;
            }
            sequence.tokens.append(sampled[i]);
            accepted.add(plan.samples().get(i));
            if (sequence.length() == sequence.maxTotalTokens()) {
                finish(sequence);
            }
        }
        blocks.stepCompleted(plan.step());
        return accepted;
    }

    private void computed(Run run) {
        Sequence sequence = run.sequence();
        sequence.inFlight--;
        blocks.commit(run.table(), sequence.tokens, run.end());
        if (sequence.table.isPresent() && sequence.table.get() == run.table()) {
            sequence.computed = run.end();
        }
        sequence.promptRowsDone = Math.max(sequence.promptRowsDone, Math.min(run.end(), sequence.promptLength()));
    }

    /**
     * The oldest step in flight failed. It and every step planned after it count for nothing: their tokens are dropped, nothing that they
     * wrote is indexed, and their sequences compute again from the start, unless the engine {@link #finish}es them.
     *
     * @throws IllegalStateException if the plan is not the oldest in flight
     */
    public void fail(StepPlan plan) {
        requireOldest(plan);
        long last = inFlight.getLast().step();
        for (StepPlan failed : inFlight) {
            for (Run run : failed.runs()) {
                run.sequence().inFlight--;
                startOverIfRunning(run.sequence());
            }
            for (Sample sample : failed.samples()) {
                sample.sequence().inFlight--;
                sample.sequence().pending--;
                if (sample.sequence().outputLength() == 0) {
                    sample.sequence().promptRowsDone = 0; // those of the choice that it forked from may be lost
                }
                startOverIfRunning(sample.sequence());
            }
        }
        inFlight.clear();
        blocks.stepCompleted(last);
    }

    private void startOverIfRunning(Sequence sequence) {
        if (sequence.state == State.RUNNING) {
            startOver(sequence);
        }
    }

    private void requireOldest(StepPlan plan) {
        if (inFlight.peekFirst() != plan) {
            throw new IllegalStateException("Step " + plan.step() + " is not the oldest in flight; in flight are "
                    + inFlight.stream().map(StepPlan::step).toList());
        }
    }

    /**
     * Ends a sequence in whatever state: a stop condition, a client that left, a failure. Nothing happens if it is finished already. Its
     * blocks are freed at once, or with the last step in flight that names them; other choices of its request go on.
     */
    public void finish(Sequence sequence) {
        if (sequence.isFinished()) {
            return;
        }
        lineup.leave(sequence);
        letGo(sequence);
        sequence.state = State.FINISHED;
        promoteNextChoice(sequence);
    }

    /** Another choice takes over the prompt, starting with what the first left in the prefix cache. */
    private void promoteNextChoice(Sequence ended) {
        if (!ended.unforked.isEmpty()) {
            Sequence next = ended.unforked.removeFirst();
            next.unforked = ended.unforked;
            next.promptRowsDone = ended.promptRowsDone;
            next.reached = ended.reached;
            next.cachedPromptTokens = ended.cachedPromptTokens;
            ended.unforked = new ArrayList<>();
            lineup.enterWaiting(next);
        }
    }

    /** Sequences that hold blocks or whose last token is on its way. */
    public int running() {
        return lineup.running();
    }

    /** Requests waiting to be admitted, and preempted sequences. */
    public int waiting() {
        return lineup.waiting();
    }

    public boolean isIdle() {
        return lineup.running() == 0 && lineup.waiting() == 0 && inFlight.isEmpty();
    }

    public SchedulerCounters counters() {
        return tally.read(blocks.copies());
    }

    /** @throws IllegalStateException naming the sequence or block whose books do not balance */
    public void checkIntegrity() {
        lineup.checkIntegrity(options.maxNumSeqs());
        blocks.checkIntegrity();
    }
}
