package dev.quire.core.scheduler;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.scheduler.RandomHistory.Seen;
import dev.quire.core.scheduler.RandomHistory.Setting;
import dev.quire.core.testing.Histories;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/** Chunked, cached, preempted, forked, overlapped: the tokens are those of a machine that did nothing else. */
class SchedulerPropertyTest {
    private static final int HISTORIES = 1500;

    @Test
    void oneStepAtATimeGivesEachRequestItsUndisturbedTokens() {
        assertWorked(histories(1, SchedulingPolicy.FCFS, false));
    }

    @Test
    void twoStepsInFlightGiveEachRequestItsUndisturbedTokens() {
        List<Seen> seen = histories(2, SchedulingPolicy.FCFS, false);
        assertWorked(seen);
        assertSeen("surplus samples", seen, Seen::surplus);
    }

    @Test
    void prioritiesAndThreeStepsInFlightGiveEachRequestItsUndisturbedTokens() {
        assertWorked(histories(3, SchedulingPolicy.PRIORITY, false));
    }

    @Test
    void failedStepsLeaveNoTrace() {
        List<Seen> seen = histories(2, SchedulingPolicy.PRIORITY, true);
        assertWorked(seen);
        assertSeen("failed steps", seen, Seen::failures);
    }

    @Test
    void aDeviceThatSkipsCopiesIsNoticed() {
        assertThrows(
                AssertionError.class,
                () -> Histories.run(
                        200,
                        seed -> new RandomHistory(seed, new Setting(1, SchedulingPolicy.FCFS, false, false)).run()));
    }

    private static List<Seen> histories(int depth, SchedulingPolicy policy, boolean failures) {
        var setting = new Setting(depth, policy, failures, true);
        var seen = new ArrayList<Seen>();
        Histories.run(HISTORIES, seed -> seen.add(new RandomHistory(seed, setting).run()));
        return seen;
    }

    /** The histories prove nothing unless these happened, and often. */
    private static void assertWorked(List<Seen> seen) {
        assertSeen("whole answers", seen, Seen::answers);
        assertSeen("preemptions", seen, s -> s.counters().preemptions());
        assertSeen("tokens found in the prefix cache", seen, s -> s.counters().prefixHitTokens());
        assertSeen("tokens computed again", seen, s -> s.counters().recomputedTokens());
        assertSeen("forks", seen, s -> s.counters().forks());
        assertSeen("copies", seen, s -> s.counters().copies());
        assertSeen("blocks exchanged for an indexed one", seen, Seen::exchanged);
        assertSeen("refusals", seen, Seen::refusals);
    }

    private static void assertSeen(String what, List<Seen> seen, ToLongFunction<Seen> count) {
        long histories = seen.stream().filter(s -> count.applyAsLong(s) > 0).count();
        assertTrue(
                !Histories.all() || histories > HISTORIES / 20,
                () -> what + " were seen in " + histories + " of " + seen.size() + " histories only");
    }
}
