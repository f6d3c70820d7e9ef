package dev.quire.backends.tornado.graphs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.kernels.device.Command;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowTest {
    private static final List<Command.Launch> LAUNCHES = List.of(launch("rms_norm"), launch("linear"));

    private final List<String> ran = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();
    private final Row row = new Row(List.of(graph("first"), graph("second")));
    private int compiled;

    private static Command.Launch launch(String kernel) {
        return new Command.Launch(kernel, 1, 1, List.of());
    }

    private Row.Graph graph(String name) {
        return launches -> launches.forEach(launch -> ran.add(name + " " + launch.kernel()));
    }

    private Row.Graph together() {
        compiled++;
        return graph("whole");
    }

    private Row.Graph refuse(Throwable why) {
        compiled++;
        switch (why) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalArgumentException(why);
        }
    }

    private void runOften() {
        for (int i = 0; i < Row.RUNS; i++) {
            row.run(LAUNCHES, this::together, notices::add);
        }
        assertEquals(0, compiled);
        assertEquals(2 * Row.RUNS, ran.size());
        ran.clear();
    }

    @Test
    void aRowRunsInPartsUntilItHasProvenToComeAgain() {
        row.run(LAUNCHES, this::together, notices::add);
        assertEquals(List.of("first rms_norm", "second linear"), ran);
    }

    @Test
    void aRowThatComesOftenIsCompiledAsOneGraphOnce() {
        runOften();
        row.run(LAUNCHES, this::together, notices::add);
        row.run(LAUNCHES, this::together, notices::add);

        assertEquals(List.of("whole rms_norm", "whole linear", "whole rms_norm", "whole linear"), ran);
        assertEquals(1, compiled);
        assertEquals(List.of(), notices);
    }

    @Test
    void aRowThatCannotBeCompiledAsOneGraphSaysSoOnceAndItsPartsGoOn() {
        for (Throwable why : List.of(new IllegalStateException("no memory"), new AssertionError("no code"))) {
            Row refused = new Row(List.of(graph("first"), graph("second")));
            for (int i = 0; i <= Row.RUNS + 2; i++) {
                ran.clear();
                refused.run(LAUNCHES, () -> refuse(why), notices::add);
                assertEquals(List.of("first rms_norm", "second linear"), ran);
            }
            assertEquals(1, compiled);
            assertEquals(1, notices.size());
            assertTrue(notices.getFirst().contains(why.getMessage()), notices.getFirst());
            compiled = 0;
            notices.clear();
        }
    }

    @Test
    void anErrorOfTheJvmFailsOneStep() {
        runOften();
        assertThrows(
                OutOfMemoryError.class,
                () -> row.run(LAUNCHES, () -> refuse(new OutOfMemoryError("heap")), notices::add));
        row.run(LAUNCHES, this::together, notices::add);
        assertEquals(List.of("first rms_norm", "second linear"), ran);
    }

    @Test
    void aSingleKernelIsAGraphAlready() {
        Row one = new Row(List.of(graph("only")));
        for (int i = 0; i <= Row.RUNS; i++) {
            one.run(LAUNCHES.subList(0, 1), this::together, notices::add);
        }
        assertEquals(0, compiled);
    }
}
