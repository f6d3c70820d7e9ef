package dev.quire.backends.tornado.graphs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class IdleRunnerTest {
    private final IdleRunner<Counted> idle = new IdleRunner<>();

    /** Counts how often it was freed. */
    private static final class Counted implements IdleRunner.Runner {
        private boolean reusable = true;
        private int closed;

        @Override
        public boolean isReusable() {
            return reusable;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private IdleRunner<Counted>.Loan take() {
        return idle.take(Counted::new);
    }

    @Test
    void theNextBackendHasWhatAClosedOneLeft() {
        IdleRunner<Counted>.Loan first = take();
        first.close();

        assertSame(first.runner(), take().runner());
        assertEquals(0, first.runner().closed);
    }

    @Test
    void twoBackendsAtATimeHaveTheirOwn() {
        IdleRunner<Counted>.Loan first = take();
        IdleRunner<Counted>.Loan second = take();
        assertNotSame(first.runner(), second.runner());

        first.close();
        second.close();
        assertEquals(0, first.runner().closed);
        assertEquals(1, second.runner().closed, "one is kept at most");
    }

    @Test
    void aSecondCloseNeitherFreesTheRunnerNorTakesItFromItsNextBackend() {
        IdleRunner<Counted>.Loan first = take();
        first.close();
        first.close();
        assertEquals(0, first.runner().closed, "it is idle");

        IdleRunner<Counted>.Loan second = take();
        first.close();
        assertEquals(0, first.runner().closed, "it is the second backend's");
        assertNotSame(second.runner(), take().runner());
    }

    @Test
    void theEndFreesTheIdleOneAndEachThatComesBackLater() {
        IdleRunner<Counted>.Loan first = take();
        IdleRunner<Counted>.Loan second = take();
        first.close();
        idle.close();
        assertEquals(1, first.runner().closed);
        assertEquals(0, second.runner().closed, "a backend has it");

        second.close();
        assertEquals(1, second.runner().closed);
    }

    @Test
    void oneThatCannotGoOnIsFreed() {
        IdleRunner<Counted>.Loan first = take();
        first.runner().reusable = false;
        first.close();

        assertEquals(1, first.runner().closed);
        assertNotSame(first.runner(), take().runner());
    }
}
