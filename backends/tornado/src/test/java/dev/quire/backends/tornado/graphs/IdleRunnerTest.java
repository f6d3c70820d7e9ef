package dev.quire.backends.tornado.graphs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class IdleRunnerTest {
    private final IdleRunner<Counted> idle = new IdleRunner<>();

    /** Counts how often it was freed. */
    private static final class Counted implements IdleRunner.Runner {
        private final String device;
        private boolean reusable = true;
        private int closed;

        private Counted(String device) {
            this.device = device;
        }

        @Override
        public boolean isReusable() {
            return reusable;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private IdleRunner<Counted>.Loan take(String device) {
        return idle.take(runner -> runner.device.equals(device), () -> new Counted(device));
    }

    @Test
    void theNextBackendOnADeviceHasWhatAClosedOneLeft() {
        IdleRunner<Counted>.Loan first = take("gpu");
        first.close();

        assertSame(first.runner(), take("gpu").runner());
        assertEquals(0, first.runner().closed);
    }

    @Test
    void twoBackendsAtATimeHaveTheirOwn() {
        IdleRunner<Counted>.Loan first = take("gpu");
        IdleRunner<Counted>.Loan second = take("gpu");
        assertNotSame(first.runner(), second.runner());

        first.close();
        second.close();
        assertEquals(0, first.runner().closed);
        assertEquals(1, second.runner().closed, "one is kept at most");
    }

    @Test
    void aSecondCloseNeitherFreesTheRunnerNorTakesItFromItsNextBackend() {
        IdleRunner<Counted>.Loan first = take("gpu");
        first.close();
        first.close();
        assertEquals(0, first.runner().closed, "it is idle");

        IdleRunner<Counted>.Loan second = take("gpu");
        first.close();
        assertEquals(0, first.runner().closed, "it is the second backend's");
        assertNotSame(second.runner(), take("gpu").runner());
    }

    @Test
    void anotherDeviceFreesTheIdleOneFirst() {
        IdleRunner<Counted>.Loan first = take("gpu");
        first.close();

        idle.take(runner -> runner.device.equals("cpu"), () -> {
            assertEquals(1, first.runner().closed, "before a new one asks for memory");
            return new Counted("cpu");
        });
    }

    @Test
    void oneThatCannotGoOnIsFreed() {
        IdleRunner<Counted>.Loan first = take("gpu");
        first.runner().reusable = false;
        first.close();

        assertEquals(1, first.runner().closed);
        assertNotSame(first.runner(), take("gpu").runner());
    }
}
