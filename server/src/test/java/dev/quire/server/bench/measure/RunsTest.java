package dev.quire.server.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    void aTimeThatIsNoTimeNamesTheFlag() {
        var refused = assertThrows(IllegalArgumentException.class, () -> Effort.seconds(-1));
        assertTrue(refused.getMessage().contains("--seconds is -1.0"), refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Effort.seconds(Double.NaN));
    }
}
