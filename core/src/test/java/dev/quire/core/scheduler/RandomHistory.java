package dev.quire.core.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.cache.BlockManager;
import dev.quire.core.cache.BlockState;
import dev.quire.core.cache.BlockTable;
import dev.quire.core.cache.PrefixCaching;
import dev.quire.core.cache.PrefixSalt;
import dev.quire.core.scheduler.SequenceOptions.PromptLogits;
import dev.quire.core.scheduler.SequenceOptions.SamplingInput;
import dev.quire.core.scheduler.SimulatedDevice.Issued;
import dev.quire.core.scheduler.SimulatedDevice.Outcome;
import dev.quire.core.scheduler.StepPlan.Run;
import dev.quire.core.scheduler.StepPlan.Sample;
import dev.quire.core.scheduler.StepPlan.TokenOrigin;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One history: requests come, are cancelled, steps fail, the cache is far too small, and steps overlap; at the end each answer is
 * compared with that of a machine that did nothing else.
 */
final class RandomHistory {
    /** @param depth steps in flight at most @param failures whether steps may fail @param copies whether the device executes copies */
    record Setting(int depth, SchedulingPolicy policy, boolean failures, boolean copies) {}

    /** What a history has seen. */
    record Seen(SchedulerCounters counters, long exchanged, int answers, int surplus, int failures, int refusals) {}

    private final class Asked {
        final int[] prompt;
        final long salt;
        final SequenceOptions options;
        final boolean[] rowSeen;
        int bound;
        int arrived;

        Asked(int[] prompt, long salt, SequenceOptions options) {
            this.prompt = prompt;
            this.salt = salt;
            this.options = options;
            this.rowSeen = new boolean[prompt.length];
        }
    }

    private final Random random;
    private final Setting setting;
    private final SimulatedModel model = new SimulatedModel(9, 0);
    private final BlockManager blocks;
    private final SchedulerOptions options;
    private final Scheduler scheduler;
    private final SimulatedDevice device;
    private final int[][] prefixes = new int[3][60];
    private final Map<Sequence, Asked> asked = new HashMap<>();
    private final List<Sequence> alive = new ArrayList<>();
    private final Deque<Issued> inFlight = new ArrayDeque<>();
    private int completedSteps;
    private int answers;
    private int surplus;
    private int failures;
    private int refusals;

    RandomHistory(long seed, Setting setting) {
        this.random = new Random(seed);
        this.setting = setting;
        int blockSize = 1 << random.nextInt(4);
        int totalBlocks = 3 + random.nextInt(100 / blockSize);
        PrefixCaching caching = random.nextInt(8) == 0 ? PrefixCaching.OFF : PrefixCaching.ON;
        blocks = new BlockManager(totalBlocks, blockSize, caching);
        int seats = 1 + random.nextInt(7);
        options = new SchedulerOptions(
                seats,
                seats + random.nextInt(24),
                seats + random.nextInt(8),
                setting.policy(),
                random.nextInt(3) * 0.05);
        scheduler = new Scheduler(options, blocks);
        device = new SimulatedDevice(model, totalBlocks, blockSize, setting.copies(), s -> asked.get(s).salt);
        for (int[] prefix : prefixes) {
            Arrays.setAll(prefix, i -> 1 + random.nextInt(8));
        }
    }

    Seen run() {
        int requests = 5 + random.nextInt(20);
        while (requests > 0 || !scheduler.isIdle()) {
            while (requests > 0 && random.nextInt(4) == 0) {
                requests--;
                arrive();
            }
            if (!alive.isEmpty() && random.nextInt(40) == 0) {
                cancel();
            }
            boolean planned = inFlight.size() < setting.depth() && plan();
            if (inFlight.size() == setting.depth() || !planned && !inFlight.isEmpty()) {
                if (setting.failures() && random.nextInt(50) == 0) {
                    fail();
                } else {
                    complete();
                }
            }
        }
        assertEquals(0, blocks.heldBlocks(), "blocks held at the end");
        assertTrue(alive.isEmpty(), () -> "never finished: " + alive);
        return new Seen(scheduler.counters(), blocks.exchanged(), answers, surplus, failures, refusals);
    }

    private void arrive() {
        int[] prefix = prefixes[random.nextInt(prefixes.length)];
        int[] prompt = Arrays.copyOf(prefix, 1 + random.nextInt(prefix.length));
        for (int i = random.nextInt(4); i > 0; i--) {
            prompt[random.nextInt(prompt.length)] = 1 + random.nextInt(8);
        }
        int choices = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
        var wanted = new SequenceOptions(
                prompt.length + 1 + random.nextInt(30),
                random.nextInt(3),
                random.nextInt(6) == 0 ? PromptLogits.ALL : PromptLogits.LAST,
                random.nextInt(5) == 0 ? SamplingInput.HISTORY : SamplingInput.LOGITS);
        if (scheduler.refusal(prompt.length, choices, wanted).isPresent()) {
            refusals++;
            return;
        }
        byte salt = (byte) random.nextInt(2);
        var request = new Asked(prompt, salt, wanted);
        List<Sequence> group =
                scheduler.add("r" + asked.size(), prompt, new PrefixSalt(new byte[] {salt}), choices, wanted);
        for (Sequence sequence : group) {
            asked.put(sequence, request);
            alive.add(sequence);
        }
        request.arrived = completedSteps;
        // Rule S1: the most important advances by a token in each step, or in each round of steps if it waits for what
        // is in flight.
        request.bound = alive.stream()
                .mapToInt(s -> (s.maxTotalTokens() + 3) * (setting.depth() + 1))
                .sum();
        check();
    }

    private void cancel() {
        Sequence sequence = alive.get(random.nextInt(alive.size()));
        boolean whole = random.nextBoolean();
        for (Sequence choice : List.copyOf(alive)) {
            if (choice == sequence || whole && choice.requestId().equals(sequence.requestId())) {
                scheduler.finish(choice);
                compare(choice, false);
                alive.remove(choice);
            }
        }
        check();
    }

    private boolean plan() {
        Map<BlockTable, Set<Integer>> before = blocksByTable();
        StepPlan plan = scheduler.plan();
        check();
        if (plan.isEmpty()) {
            assertTrue(!inFlight.isEmpty() || alive.isEmpty(), () -> "nothing runs and nothing is planned: " + alive);
            return false;
        }
        checkBudgets(plan);
        checkAdmissions(plan, before);
        Issued issued = device.issue(plan);
        checkNoReuse(issued, before);
        inFlight.addLast(issued);
        return true;
    }

    private void checkBudgets(StepPlan plan) {
        assertTrue(plan.tokens() <= options.maxNumBatchedTokens(), "tokens over budget");
        assertTrue(plan.logitRows() <= options.maxLogitRows(), "rows over budget");
        assertTrue(scheduler.running() <= options.maxNumSeqs(), "too many run");
        assertEquals(plan.tokens(), plan.runs().stream().mapToInt(Run::count).sum());
        assertEquals(
                plan.logitRows(), plan.runs().stream().mapToInt(Run::logitRows).sum());
        for (Run run : plan.runs()) {
            assertFalse(run.sequence().isFinished(), "a finished sequence is planned");
            if (asked.get(run.sequence()).options.sampling() == SamplingInput.HISTORY) {
                assertEquals(TokenOrigin.Known.HISTORY, run.lastToken(), "sampling needs a token that is on its way");
            }
        }
        for (Sample sample : plan.samples()) {
            assertTrue(sample.position() < sample.sequence().maxTotalTokens(), "a sample beyond the longest length");
        }
    }

    private static void checkAdmissions(StepPlan plan, Map<BlockTable, Set<Integer>> before) {
        for (Run run : plan.runs()) {
            long samples = plan.samples().stream()
                    .filter(sample -> sample.sequence() == run.sequence())
                    .count();
            assertTrue(
                    before.containsKey(run.table()) || run.sequence().pending() == samples, // S4
                    () -> "admitted while its token is on its way: " + run);
        }
    }

    private Map<BlockTable, Set<Integer>> blocksByTable() {
        var held = new HashMap<BlockTable, Set<Integer>>();
        for (Sequence sequence : alive) {
            sequence.table.ifPresent(table -> held.put(
                    table,
                    IntStream.range(0, table.size()).mapToObj(table::block).collect(Collectors.toSet())));
        }
        return held;
    }

    /** A block that a step in flight names is written only by those who had it before. */
    private void checkNoReuse(Issued now, Map<BlockTable, Set<Integer>> before) {
        for (var issued : now.runs()) {
            Run run = issued.run();
            for (int i = run.first() / blocks.blockSize(); i < issued.blocks().length; i++) {
                int block = issued.blocks()[i];
                assertTrue(
                        before.getOrDefault(run.table(), Set.of()).contains(block)
                                || inFlight.stream().noneMatch(earlier -> earlier.names(block)),
                        () -> "block " + block + " is given to " + run + " while a step in flight names it");
            }
        }
    }

    private void complete() {
        Issued step = inFlight.removeFirst();
        Outcome outcome = device.execute(step);
        checkRows(step, outcome.rows());
        List<Sample> accepted = scheduler.complete(step.plan(), outcome.tokens());
        completedSteps++;
        surplus += outcome.tokens().length - accepted.size();
        for (Sample sample : accepted) {
            Sequence sequence = sample.sequence();
            assertEquals(sample.position(), sequence.length() - 1, "a token at the wrong position");
            if (sequence.token(sample.position()) == model.endOfText()) {
                scheduler.finish(sequence);
            }
            if (sequence.isFinished()) {
                compare(sequence, true);
                alive.remove(sequence);
            }
        }
        check();
    }

    private void fail() {
        failures++;
        inFlight.forEach(device::spoil);
        scheduler.fail(inFlight.getFirst().plan());
        inFlight.clear();
        check();
    }

    private void checkRows(Issued step, long[] rows) {
        for (Run run : step.plan().runs()) {
            Asked request = asked.get(run.sequence());
            long[] expected = answer(run.sequence()).rows();
            for (int i = 0; i < run.logitRows(); i++) {
                int position = run.end() - run.logitRows() + i;
                if (run.sequence().isFinished() && position >= request.prompt.length) {
                    continue; // surplus; but a prompt's rows are the whole group's
                }
                assertEquals(expected[position], rows[run.firstLogitRow() + i], "logits at position " + position);
                if (position < request.rowSeen.length) {
                    request.rowSeen[position] = true;
                }
            }
        }
    }

    private SimulatedModel.Answer answer(Sequence sequence) {
        Asked request = asked.get(sequence);
        return model.undisturbed(request.salt, request.prompt, sequence.choice(), request.options.maxTotalTokens());
    }

    private void compare(Sequence sequence, boolean whole) {
        int[] got = new int[sequence.length()];
        sequence.copyTokens(0, got.length, got, 0);
        int[] expected = answer(sequence).tokens();
        assertEquals(
                Arrays.toString(whole ? expected : Arrays.copyOf(expected, got.length)),
                Arrays.toString(got),
                () -> "tokens of " + sequence);
        if (!whole) {
            return;
        }
        answers++;
        Asked request = asked.get(sequence);
        if (request.options.promptLogits() == PromptLogits.ALL) {
            for (int p = 0; p < request.rowSeen.length; p++) {
                assertTrue(request.rowSeen[p], "no logits of prompt position " + p);
            }
        }
        if (setting.policy() == SchedulingPolicy.FCFS && !setting.failures()) {
            int took = completedSteps - request.arrived;
            assertTrue(
                    took <= request.bound, () -> "took " + took + " steps, bound " + request.bound + ": " + sequence);
        }
    }

    private void check() {
        scheduler.checkIntegrity();
        for (int block = 0; block < blocks.totalBlocks(); block++) {
            BlockState state = blocks.stateOf(block);
            if (state == BlockState.FREE) {
                device.poison(block);
            }
            if (state != BlockState.HELD) {
                int named = block;
                assertTrue(
                        inFlight.stream().noneMatch(step -> step.names(named)),
                        () -> "block " + named + " is " + state + " while a step in flight names it");
            }
        }
    }
}
