package dev.quire.server.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RunsTest {
    @Test
    void medianAndSpreadAreThoseOfTheSortedRuns() {
        Runs runs = new Runs(List.of(5.0, 1.0, 2.0, 4.0, 3.0));
        assertEquals(3, runs.median());
        assertEquals((4.0 - 2.0) / 3, runs.spread(), 1e-12);
        assertEquals(2.5, new Runs(List.of(2.0, 3.0)).median());
    }

    @Test
    void noRunAtAllIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Runs(List.of()));
    }

    @Test
    void tasksTakeTurnsAndEachRunsAtLeastFiveTimesBesideTheWarmUp() {
        List<String> order = new ArrayList<>();
        List<Runs> runs = Turns.measure(
                new Effort(Duration.ZERO, Duration.ZERO), List.of(() -> order.add("a"), () -> order.add("b")));
        assertEquals(2, runs.size());
        for (int i = 0; i < order.size(); i++) {
            assertEquals(i % 2 == 0 ? "a" : "b", order.get(i));
        }
        assertTrue(order.size() >= 2 * (1 + Turns.FEWEST_RUNS), order.toString());
        runs.forEach(each -> assertEquals(Turns.FEWEST_RUNS, each.count()));
    }

    @Test
    void aWarmUpGoesOnUntilTheCompilerRestsAndNoLonger() {
        Effort effort = new Effort(Duration.ofNanos(1), Duration.ZERO);
        assertEquals(4, warmUps(effort, 3), "three warm-ups that compile, one that does not");
        assertEquals(10, warmUps(effort, 1000), "a compiler that never rests");
        assertEquals(1, warmUps(new Effort(Duration.ZERO, Duration.ZERO), 1000), "no time at all is one run");
    }

    /** How often a task is run before it counts, beside a compiler that is busy, for an hour each time, in so many warm-ups. */
    private static int warmUps(Effort effort, int busy) {
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger runs = new AtomicInteger();
        Turns.measure(
                effort,
                List.of(runs::incrementAndGet),
                () -> Duration.ofHours(Math.min(busy, asked.incrementAndGet() / 2))
                        .toMillis());
        return runs.get() - Turns.FEWEST_RUNS;
    }

    @Test
    void aTimeThatIsNoTimeNamesTheFlag() {
        var refused = assertThrows(IllegalArgumentException.class, () -> Effort.seconds(-1));
        assertTrue(refused.getMessage().contains("--seconds is -1.0"), refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Effort.seconds(Double.NaN));
    }
}
