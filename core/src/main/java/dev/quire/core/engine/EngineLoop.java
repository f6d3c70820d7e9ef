package dev.quire.core.engine;

import dev.quire.api.BackendException;
import dev.quire.core.cache.PrefixSalt;
import dev.quire.core.model.ModelRunner;
import dev.quire.core.model.StepInFlight;
import dev.quire.core.request.FinishReason;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.Refusal;
import dev.quire.core.request.SampledToken;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.TokenEvent;
import dev.quire.core.sampling.Sampler;
import dev.quire.core.scheduler.Scheduler;
import dev.quire.core.scheduler.Sequence;
import dev.quire.core.scheduler.SequenceOptions;
import dev.quire.core.scheduler.StepPlan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine thread: takes commands, keeps one step running and the next one issued behind it, and delivers what completed. Everything
 * mutable here belongs to that thread but for the inbox and the volatile fields.
 */
final class EngineLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineLoop.class);
    private static final long IDLE_POLL_NANOS = 1_000_000;
    private static final long LONGEST_WARM_UP_NANOS = 5_000_000_000L;

    private final ServedModel model;
    private final Scheduler scheduler;
    private final SchedulerParts parts;
    private final ModelRunner runner;
    private final Consumer<StepReport> observer;
    private final Inbox inbox = new Inbox();
    private final SplittableRandom seeds;
    private final Map<Command.Ticket, ActiveRequest> requests = new HashMap<>();
    private final Map<Sequence, Choice> choices = new HashMap<>();
    private final Deque<IssuedStep> issued = new ArrayDeque<>();
    private final StatsRecorder stats;
    /** Whether no request has come yet: nobody holds a block. */
    private boolean untouched = true;

    private volatile Optional<String> refusing = Optional.empty();
    private volatile Optional<String> failure = Optional.empty();
    private volatile boolean stopped;
    private volatile boolean idle = true;

    EngineLoop(
            ServedModel model,
            EngineOptions options,
            SchedulerParts parts,
            ModelRunner runner,
            Consumer<StepReport> observer) {
        this.model = model;
        this.parts = parts;
        this.scheduler = parts.scheduler();
        this.runner = runner;
        this.observer = observer;
        this.seeds = new SplittableRandom(options.seed());
        this.stats = new StatsRecorder(parts, inbox);
    }

    @Override
    public void run() {
        inbox.readBy(Thread.currentThread());
        try {
            while (!stopped) {
                takeCommands();
                issueSteps();
                if (issued.isEmpty()) {
                    rest();
                } else {
                    completeOldest();
                }
                stats.record(choices.values());
            }
        } catch (RuntimeException | Error e) {
            LOG.error("The engine thread has died", e);
            failure = Optional.of("The engine has failed: " + e);
        } finally {
            shutDown();
        }
    }

    void post(Command command) {
        idle = false;
        inbox.post(command);
    }

    EngineStats stats() {
        return stats.latest();
    }

    Optional<String> failure() {
        return failure;
    }

    Optional<String> unavailable() {
        return failure.or(() -> refusing);
    }

    Optional<Refusal> overloaded(int most) {
        return inbox.overloaded(most);
    }

    void refuseNew(String reason) {
        refusing = Optional.of(reason);
    }

    boolean awaitIdle(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!(idle && inbox.isEmpty()) && failure.isEmpty()) {
            if (System.nanoTime() >= deadline) {
                return false;
            }
            Thread.sleep(Duration.ofNanos(IDLE_POLL_NANOS));
        }
        return true;
    }

    void stop() {
        refuseNew("The engine is closed.");
        stopped = true;
        inbox.wake();
    }

    private void rest() {
        idle = requests.isEmpty();
        while (inbox.isEmpty() && !stopped) {
            stats.record(choices.values());
            LockSupport.park(this);
        }
    }

    private void takeCommands() {
        for (Optional<Command> next = inbox.poll(); next.isPresent(); next = inbox.poll()) {
            idle = false;
            switch (next.get()) {
                case Command.Submit submit -> submit(submit);
                case Command.Cancel cancel -> cancel(cancel);
                case Command.WarmUp warmUp -> warmUp(warmUp);
            }
        }
    }

    /** Until someone asks for anything else. A failure is no one's yet: whatever is wrong with the device, a first request will hear of it. */
    private void warmUp(Command.WarmUp warmUp) {
        if (!untouched) {
            return;
        }
        long end = System.nanoTime() + LONGEST_WARM_UP_NANOS; // a large model runs the same code in fewer steps
        try {
            int steps = runner.warmUp(
                    warmUp.tokens(),
                    model.maxModelLen(),
                    () -> inbox.isEmpty() && !stopped && unavailable().isEmpty() && System.nanoTime() < end);
            LOG.debug("{} steps to warm up", steps);
        } catch (BackendException e) {
            LOG.warn("A step to warm up failed", e);
        }
    }

    private void submit(Command.Submit submit) {
        untouched = false;
        GenerationRequest request = submit.request();
        SamplingParams sampling = request.sampling();
        ActiveRequest active = new ActiveRequest(submit, model.eosTokens());
        long seed = sampling.seed().orElseGet(seeds::nextLong);
        Sampler[] samplers = new Sampler[sampling.n()];
        for (int choice = 0; choice < samplers.length; choice++) {
            samplers[choice] = new Sampler(sampling, request.prompt(), seed, choice, active.stopTokens);
        }
        SequenceOptions wanted = sequenceOptions(request, samplers[0]);
        Optional<String> refusal = scheduler.refusal(request.prompt().length, samplers.length, wanted);
        if (refusal.isPresent()) {
            inbox.left();
            submit.listener().accept(new TokenEvent.Refused(new Refusal(Refusal.Kind.TOO_LONG, refusal.get())));
            return;
        }
        PrefixSalt salt = request.cacheSalt()
                .map(text -> new PrefixSalt(text.getBytes(StandardCharsets.UTF_8)))
                .orElse(PrefixSalt.NONE);
        List<Sequence> sequences = scheduler.add(request.id(), request.prompt(), salt, samplers.length, wanted);
        for (Sequence sequence : sequences) {
            Choice choice = new Choice(active, sequence, samplers[sequence.choice()]);
            active.add(choice);
            choices.put(sequence, choice);
        }
        requests.put(submit.ticket(), active);
    }

    private SequenceOptions sequenceOptions(GenerationRequest request, Sampler sampler) {
        SamplingParams sampling = request.sampling();
        long wanted =
                (long) request.prompt().length + sampling.stopping().maxTokens().orElse(Integer.MAX_VALUE);
        int fits = Math.min(
                model.maxModelLen(),
                parts.blocks().totalBlocks() * parts.blocks().blockSize() + 1);
        boolean open = sampling.stopping().maxTokens().isEmpty();
        int most = (int) Math.min(wanted, open ? fits : model.maxModelLen());
        return new SequenceOptions(
                most,
                request.priority(),
                sampling.promptLogprobs().isPresent()
                        ? SequenceOptions.PromptLogits.ALL
                        : SequenceOptions.PromptLogits.LAST,
                sampler.readsHistory() ? SequenceOptions.SamplingInput.HISTORY : SequenceOptions.SamplingInput.LOGITS);
    }

    private void cancel(Command.Cancel cancel) {
        ActiveRequest active = requests.get(cancel.ticket());
        if (active == null) {
            return; // it has ended already
        }
        OptionalInt only = cancel.choice();
        end(active.choices().stream()
                .filter(choice -> !choice.ended && (only.isEmpty() || only.getAsInt() == choice.index()))
                .map(choice -> new Ending(choice, FinishReason.ABORT, Optional.empty()))
                .toList());
    }

    private void issueSteps() {
        while (issued.size() < ModelRunner.DEPTH) {
            StepPlan plan = scheduler.plan();
            if (plan.isEmpty()) {
                return;
            }
            SamplingRows rows = SamplingRows.of(plan, choices);
            for (StepPlan.Run run : plan.runs()) {
                noteScheduled(choices.get(run.sequence()), run);
            }
            try {
                StepInFlight step = runner.issue(plan, rows.logitRows(), rows.rows());
                issued.addLast(IssuedStep.of(step, rows, choices));
            } catch (BackendException e) {
                failStep(plan, issued.isEmpty() ? plan : issued.getFirst().plan(), e);
                return;
            }
        }
    }

    private void noteScheduled(Choice choice, StepPlan.Run run) {
        if (choice != null && !choice.request.wasScheduled()) {
            choice.request.scheduled(run.first());
            inbox.left();
        }
    }

    private void completeOldest() {
        IssuedStep oldest = issued.getFirst();
        long from = System.nanoTime();
        try {
            runner.await();
        } catch (BackendException e) {
            failStep(oldest.plan(), oldest.plan(), e);
            return;
        }
        stats.waited(System.nanoTime() - from);
        issued.removeFirst();
        List<Ending> endings = new ArrayList<>();
        oldest.deliver(scheduler, (choice, token) -> deliver(choice, token).ifPresent(endings::add));
        end(endings);
        StepPlan plan = oldest.plan();
        observer.accept(new StepReport(plan.tokens(), plan.runs().size(), System.nanoTime() - oldest.issuedAt()));
    }

    /** A choice that a step or its client has ended. */
    private record Ending(Choice choice, FinishReason reason, Optional<Integer> stopToken) {}

    private Optional<Ending> deliver(Choice choice, SampledToken token) {
        if (choice.ended) {
            return Optional.empty();
        }
        stats.generated(1);
        if (choice.request.token(choice, token)) {
            return Optional.of(new Ending(choice, FinishReason.STOP, Optional.of(token.id())));
        }
        return choice.sequence.isFinished()
                ? Optional.of(new Ending(choice, FinishReason.LENGTH, Optional.empty()))
                : Optional.empty();
    }

    /** Ends choices that end together; whoever has an answer finds its tokens in the books. */
    private void end(List<Ending> endings) {
        if (endings.isEmpty()) {
            return;
        }
        for (Ending ending : endings) {
            scheduler.finish(ending.choice().sequence);
            choices.remove(ending.choice().sequence);
        }
        stats.record(choices.values());
        for (Ending ending : endings) {
            ActiveRequest active = ending.choice().request;
            active.finish(ending.choice(), ending.reason(), ending.stopToken());
            if (active.isOver()) {
                forget(active);
                active.complete();
            }
        }
    }

    private void forget(ActiveRequest active) {
        requests.remove(active.ticket);
        if (!active.wasScheduled()) {
            inbox.left();
        }
    }

    /** A step failed: its requests fail with the reason, all others are computed again. */
    private void failStep(StepPlan failed, StepPlan oldest, BackendException cause) {
        LOG.error("A step failed", cause);
        runner.abandon();
        issued.clear();
        scheduler.fail(oldest);
        boolean lost = cause.kind() == BackendException.Kind.DEVICE_LOST;
        if (lost) {
            failure = Optional.of(cause.getMessage());
        }
        List<ActiveRequest> hit = lost
                ? List.copyOf(requests.values())
                : failed.runs().stream()
                        .map(run -> choices.get(run.sequence()))
                        .filter(choice -> choice != null)
                        .map(choice -> choice.request)
                        .distinct()
                        .toList();
        hit.forEach(active -> fail(active, cause.getMessage()));
    }

    private void fail(ActiveRequest active, String message) {
        for (Choice choice : active.choices()) {
            scheduler.finish(choice.sequence);
            choices.remove(choice.sequence);
        }
        forget(active);
        active.fail(message);
    }

    private void shutDown() {
        String reason = unavailable().orElse("The engine is closed.");
        refuseNew(reason);
        runner.abandon();
        List.copyOf(requests.values()).forEach(active -> active.fail(reason));
        requests.clear();
        choices.clear();
        for (Optional<Command> next = inbox.poll(); next.isPresent(); next = inbox.poll()) {
            if (next.get() instanceof Command.Submit submit) {
                submit.listener().accept(new TokenEvent.Refused(new Refusal(Refusal.Kind.UNAVAILABLE, reason)));
            }
        }
        idle = true;
        runner.close();
    }
}
