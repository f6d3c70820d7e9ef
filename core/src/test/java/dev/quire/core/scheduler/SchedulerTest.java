package dev.quire.core.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.cache.BlockManager;
import dev.quire.core.cache.PrefixCaching;
import dev.quire.core.cache.PrefixSalt;
import dev.quire.core.scheduler.Sequence.State;
import dev.quire.core.scheduler.SequenceOptions.PromptLogits;
import dev.quire.core.scheduler.SequenceOptions.SamplingInput;
import dev.quire.core.scheduler.StepPlan.Run;
import dev.quire.core.scheduler.StepPlan.TokenOrigin;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private BlockManager blocks = new BlockManager(16, 4, PrefixCaching.ON);
    private Scheduler scheduler = scheduler(SchedulingPolicy.FCFS);
    private int nextPrompt;

    @AfterEach
    void theBooksBalance() {
        scheduler.checkIntegrity();
    }

    @Test
    void decodesComeBeforeThePrefillThatFillsTheStep() { // S2
        Sequence decode = add(3, 9);
        step();
        Sequence prefill = add(25, 30);
        StepPlan plan = step();
        assertEquals(
                List.of(decode, prefill),
                plan.runs().stream().map(Run::sequence).toList());
        assertEquals(List.of(1, 9), plan.runs().stream().map(Run::count).toList());
        assertEquals(1, plan.samples().size(), "the prefill is not at its end");
    }

    @Test
    void theNextStepIsPlannedBeforeTheTokenIsKnown() {
        Sequence sequence = add(3, 9);
        StepPlan prefill = scheduler.plan();
        StepPlan decode = scheduler.plan();
        Run run = decode.runs().getFirst();
        assertEquals(new TokenOrigin.SampledBy(prefill.step(), 0), run.lastToken());
        assertEquals(3, run.first());
        assertEquals(0, run.knownTokens());
        complete(prefill, 50);
        complete(decode, 51);
        assertEquals(50, sequence.token(3));
        assertEquals(51, sequence.token(4));
    }

    @Test
    void aSequenceWhoseSamplingLooksBackIsNotPlannedAhead() {
        add(3, SequenceOptions.ofLength(9).withSampling(SamplingInput.HISTORY));
        StepPlan prefill = scheduler.plan();
        assertTrue(scheduler.plan().isEmpty());
        complete(prefill, 50);
        assertEquals(
                TokenOrigin.Known.HISTORY, scheduler.plan().runs().getFirst().lastToken());
    }

    @Test
    void theLastTokenIsNotFollowedByASurplusStep() { // S6
        Sequence sequence = add(3, 4);
        StepPlan plan = scheduler.plan();
        assertTrue(scheduler.plan().isEmpty());
        complete(plan, 50);
        assertTrue(sequence.isFinished());
        assertEquals(0, blocks.heldBlocks());
    }

    @Test
    void aRowPlannedBeforeTheSequenceEndedIsSurplus() { // S6
        Sequence sequence = add(3, 9);
        StepPlan prefill = scheduler.plan();
        StepPlan decode = scheduler.plan();
        complete(prefill, 50);
        scheduler.finish(sequence);
        assertTrue(blocks.heldBlocks() > 0, "a step in flight names its blocks");
        assertEquals(List.of(), complete(decode, 51));
        assertEquals(4, sequence.length());
        assertEquals(0, blocks.heldBlocks());
    }

    @Test
    void theChoicesOfARequestComputeItsPromptOnce() { // S7
        List<Sequence> group = scheduler.add("r", prompt(6), PrefixSalt.NONE, 3, SequenceOptions.ofLength(10));
        StepPlan prefill = step();
        assertEquals(1, prefill.runs().size());
        assertEquals(
                group, prefill.samples().stream().map(StepPlan.Sample::sequence).toList());
        assertEquals(1, prefill.logitRows(), "all three sample from one row");
        StepPlan decode = step();
        assertEquals(3, decode.runs().size());
        assertEquals(2, decode.copies().size());
        assertEquals(6, scheduler.counters().promptTokensComputed());
        assertEquals(2, scheduler.counters().forks());
        assertEquals(2, scheduler.counters().copies());
    }

    @Test
    void anotherChoiceTakesOverWhenTheFirstEndsBeforeTheFork() {
        List<Sequence> group = scheduler.add("r", prompt(15), PrefixSalt.NONE, 3, SequenceOptions.ofLength(20));
        step();
        scheduler.finish(group.get(1));
        scheduler.finish(group.get(0));
        assertEquals(State.WAITING, group.get(2).state());
        StepPlan plan = step();
        assertSame(group.get(2), plan.runs().getFirst().sequence());
        assertEquals(8, plan.runs().getFirst().first(), "two blocks were left in the prefix cache");
    }

    @Test
    void aRequestSaysHowMuchOfItsPromptWasCached() {
        int[] prompt = prompt(9);
        for (int cached : new int[] {0, 8}) {
            Sequence sequence = scheduler
                    .add("r", prompt, PrefixSalt.NONE, 1, SequenceOptions.ofLength(10))
                    .getFirst();
            step();
            assertEquals(cached, sequence.cachedPromptTokens());
        }
        assertEquals(18, scheduler.counters().prefixQueryTokens());
        assertEquals(8, scheduler.counters().prefixHitTokens());
    }

    @Test
    void rowsOfAPromptAreSpreadOverStepsThatHoldThem() {
        add(10, SequenceOptions.ofLength(12).withPromptLogits(PromptLogits.ALL));
        assertEquals(6, step().logitRows());
        assertEquals(4, step().logitRows());
        assertEquals(1, step().logitRows());
    }

    @Test
    void aVictimInFlightKeepsTheTokenOnItsWay() { // S3, S4
        Sequence first = add(24, 40);
        Sequence second = add(23, 40);
        StepPlan inFlight = scheduler.plan();
        StepPlan ahead = scheduler.plan();
        while (scheduler.counters().preemptions() == 0) {
            completeAll(inFlight);
            inFlight = ahead;
            ahead = scheduler.plan();
        }
        assertEquals(State.WAITING, second.state());
        assertEquals(1, second.pending(), "it is in flight");
        assertEquals(State.RUNNING, first.state());
        int known = second.length();
        assertTrue(blocks.arrivingBlocks() > 0, "its blocks wait for the step");
        completeAll(inFlight);
        assertEquals(known + 1, second.length());
        assertEquals(0, second.pending());
        scheduler.checkIntegrity();
    }

    @Test
    void theLeastImportantIsTheVictim() { // S1, S3
        scheduler = scheduler(SchedulingPolicy.PRIORITY);
        Sequence low = add(20, SequenceOptions.ofLength(40).withPriority(5));
        step();
        Sequence high = add(20, SequenceOptions.ofLength(40).withPriority(1));
        while (scheduler.counters().preemptions() == 0) {
            step();
        }
        assertEquals(State.WAITING, low.state());
        assertEquals(State.RUNNING, high.state());
    }

    @Test
    void noOnePassesTheHeadOfTheLine() { // S5
        add(20, 30);
        step();
        step();
        Sequence large = add(50, 55);
        Sequence small = add(2, 4);
        StepPlan plan = step();
        assertEquals(1, plan.runs().size());
        assertEquals(State.WAITING, large.state());
        assertEquals(State.WAITING, small.state());
    }

    @Test
    void aStreamOfNewcomersStarvesNoOne() { // S1
        Sequence large = add(55, 60);
        int steps = 0;
        for (; !large.isFinished(); steps++) {
            add(1 + steps % 7, 20);
            step();
            assertTrue(steps < 60, () -> "waits for ever: " + large);
        }
        int waiting = scheduler.waiting();
        Sequence last = add(30, 40);
        for (steps = 0; !last.isFinished(); steps++) {
            add(1 + steps % 7, 20);
            step();
            int served = steps;
            assertTrue(steps < 25 * (waiting + 10), () -> "waits after " + served + " steps: " + last);
        }
    }

    @Test
    void aRequestThatCanNeverFitIsRefusedWithItsNumbers() {
        String reason = scheduler.refusal(60, 1, SequenceOptions.ofLength(66)).orElseThrow();
        for (String number : List.of("60 prompt", "6 output", "17 blocks of 4", "has 16")) {
            assertTrue(reason.contains(number), reason);
        }
        var thrown = assertThrows(IllegalArgumentException.class, () -> add(60, 66));
        assertEquals(reason, thrown.getMessage());
        assertTrue(scheduler.refusal(60, 1, SequenceOptions.ofLength(65)).isEmpty(), "the last token needs no slot");
        assertTrue(scheduler
                .refusal(5, 1, SequenceOptions.ofLength(Integer.MAX_VALUE))
                .isPresent());
        assertTrue(scheduler
                .refusal(5, 7, SequenceOptions.ofLength(9))
                .orElseThrow()
                .contains("max-num-seqs"));
        assertTrue(scheduler.refusal(0, 1, SequenceOptions.ofLength(9)).isPresent());
        assertTrue(scheduler.refusal(9, 1, SequenceOptions.ofLength(9)).isPresent());
    }

    @Test
    void whatFillsTheWholeCacheRunsAlone() {
        Sequence sequence = add(60, 65);
        for (int steps = 0; !sequence.isFinished(); steps++) {
            assertFalse(step().isEmpty());
            assertTrue(steps < 20);
        }
        assertTrue(scheduler.isIdle());
    }

    @Test
    void stepsCompleteInTheOrderOfIssue() {
        add(3, 9);
        scheduler.plan();
        StepPlan second = scheduler.plan();
        var refused = assertThrows(IllegalStateException.class, () -> complete(second, 50));
        assertTrue(refused.getMessage().contains("not the oldest"), refused.getMessage());
    }

    @Test
    void aFailedStepTakesThoseAfterItAlong() {
        Sequence sequence = add(3, 9);
        StepPlan first = scheduler.plan();
        scheduler.plan();
        scheduler.fail(first);
        assertEquals(State.WAITING, sequence.state());
        assertEquals(3, sequence.length());
        assertEquals(16, blocks.freeBlocks());
        assertEquals(0, step().runs().getFirst().first());
    }

    private Scheduler scheduler(SchedulingPolicy policy) {
        return new Scheduler(new SchedulerOptions(6, 10, 6, policy, 0.01), blocks);
    }

    private Sequence add(int promptLength, int maxTotalTokens) {
        return add(promptLength, SequenceOptions.ofLength(maxTotalTokens));
    }

    private Sequence add(int promptLength, SequenceOptions wanted) {
        return scheduler
                .add("r", prompt(promptLength), PrefixSalt.NONE, 1, wanted)
                .getFirst();
    }

    /** A prompt like no other. */
    private int[] prompt(int length) {
        int first = 1000 * ++nextPrompt;
        return IntStream.range(first, first + length).toArray();
    }

    private StepPlan step() {
        StepPlan plan = scheduler.plan();
        if (!plan.isEmpty()) {
            completeAll(plan);
        }
        return plan;
    }

    private void completeAll(StepPlan plan) {
        complete(plan, IntStream.range(0, plan.samples().size()).toArray());
    }

    private List<StepPlan.Sample> complete(StepPlan plan, int... sampled) {
        return scheduler.complete(plan, sampled);
    }
}
