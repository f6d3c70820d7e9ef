package dev.quire.backends.cpu.threads;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void everyPartRunsOnceAndNoWorkerDoesTwoAtATime(int threads) {
        try (WorkerPool pool = new WorkerPool(threads)) {
            AtomicIntegerArray busy = new AtomicIntegerArray(threads);
            for (int call = 0; call < 50_000; call++) {
                int parts = call % 17;
                AtomicIntegerArray runs = new AtomicIntegerArray(Math.max(parts, 1));
                pool.parallel(parts, (part, worker) -> {
                    assertEquals(1, busy.incrementAndGet(worker));
                    runs.incrementAndGet(part);
                    busy.decrementAndGet(worker);
                });
                for (int part = 0; part < parts; part++) {
                    assertEquals(1, runs.get(part));
                }
            }
        }
    }

    @Test
    void whatAWorkerCannotGetToIsDoneByOthers() {
        try (WorkerPool pool = new WorkerPool(2)) {
            for (int call = 0; call < 200; call++) {
                CountDownLatch others = new CountDownLatch(7);
                pool.parallel(8, (part, worker) -> {
                    if (part == 4) { // the first of the second worker's share
                        awaitAMinute(others);
                    } else {
                        others.countDown();
                    }
                });
            }
        }
    }

    private static void awaitAMinute(CountDownLatch latch) {
        try {
            assertTrue(latch.await(1, TimeUnit.MINUTES), "nobody does the other parts");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void morePartsThanAShareCountsAreRefused() {
        try (WorkerPool pool = new WorkerPool(2)) {
            int[] runs = new int[2 * 0xffff];
            pool.parallel(runs.length, (part, worker) -> runs[part]++);
            assertEquals(runs.length, Arrays.stream(runs).sum());
            assertThrows(IllegalArgumentException.class, () -> pool.parallel(runs.length + 1, (part, worker) -> {}));
        }
    }

    @Test
    void whatAPartWroteIsSeenByTheNextCallOnEveryWorker() {
        try (WorkerPool pool = new WorkerPool(2)) {
            long[] values = new long[2];
            for (int call = 0; call < 20_000; call++) {
                pool.parallel(2, (part, worker) -> values[part]++);
                pool.parallel(2, (part, worker) -> assertEquals(values[1 - part], values[part]));
            }
            assertEquals(20_000, values[0]);
        }
    }

    @Test
    void aWorkerThatParkedWakesForTheNextCall() throws Exception {
        try (WorkerPool pool = new WorkerPool(2)) {
            Thread second = secondThread(pool);
            while (second.getState() != Thread.State.WAITING) {
                Thread.sleep(Duration.ofMillis(1));
            }
            assertSame(second, secondThread(pool));
        }
    }

    /** The thread of worker 1, for which the caller's share waits, so that the caller cannot take its place. */
    private static Thread secondThread(WorkerPool pool) {
        Thread[] second = new Thread[1];
        CountDownLatch begun = new CountDownLatch(1);
        pool.parallel(2, (part, worker) -> {
            if (worker == 0) {
                await(begun);
            } else {
                second[0] = Thread.currentThread();
                begun.countDown();
            }
        });
        return second[0];
    }

    @Test
    void theCallerDoesTheSharesOfWorkersWhoseThreadsAreHeldUp() {
        CountDownLatch release = new CountDownLatch(1);
        ThreadFactory heldUp = worker -> new Thread(() -> {
            await(release);
            worker.run();
        });
        try (WorkerPool pool = new WorkerPool(3, heldUp)) {
            int[] runs = new int[6];
            assertTimeoutPreemptively(
                    Duration.ofMinutes(1),
                    () -> pool.parallel(6, (part, worker) -> runs[part] += 1 + worker),
                    "the caller waits for threads that do nothing");
            assertArrayEquals(new int[] {1, 1, 1, 1, 1, 1}, runs);
            release.countDown();
            pool.parallel(6, (part, worker) -> runs[part] = -part);
            assertArrayEquals(new int[] {0, -1, -2, -3, -4, -5}, runs);
        } finally {
            release.countDown();
        }
    }

    @Test
    void aFailureReachesTheCallerAndThePoolGoesOn() {
        try (WorkerPool pool = new WorkerPool(2)) {
            for (int failing = 0; failing < 2; failing++) {
                int bad = failing;
                var thrown = assertThrows(
                        ArithmeticException.class,
                        () -> pool.parallel(2, (part, worker) -> {
                            if (part == bad) {
                                throw new ArithmeticException("part " + part);
                            }
                        }));
                assertEquals("part " + bad, thrown.getMessage());
            }
            var both = assertThrows(
                    IllegalArgumentException.class,
                    () -> pool.parallel(2, (part, worker) -> {
                        throw new IllegalArgumentException("part " + part);
                    }));
            assertEquals(Set.of("part 0", "part 1"), Set.of(both.getMessage(), both.getSuppressed()[0].getMessage()));
            int[] sum = new int[2];
            pool.parallel(2, (part, worker) -> sum[part] = part + 1);
            assertArrayEquals(new int[] {1, 2}, sum);
        }
    }

    @Test
    void aPartCannotForkAndASecondThreadCannotCallMeanwhile() throws Exception {
        try (WorkerPool pool = new WorkerPool(2)) {
            assertThrows(
                    IllegalStateException.class,
                    () -> pool.parallel(2, (part, worker) -> pool.parallel(2, (p, w) -> {})));
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            Thread caller = Thread.ofPlatform()
                    .start(() -> pool.parallel(1, (part, worker) -> {
                        inside.countDown();
                        await(release);
                    }));
            inside.await();
            assertThrows(IllegalStateException.class, () -> pool.parallel(1, (part, worker) -> {}));
            release.countDown();
            caller.join();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void closingEndsTheThreadsAndRefusesFurtherCalls() {
        WorkerPool pool = new WorkerPool(2);
        Thread second = secondThread(pool);
        pool.close();
        pool.close();
        assertFalse(second.isAlive());
        assertThrows(IllegalStateException.class, () -> pool.parallel(2, (part, worker) -> {}));
        assertThrows(IllegalArgumentException.class, () -> new WorkerPool(0));
    }
}
