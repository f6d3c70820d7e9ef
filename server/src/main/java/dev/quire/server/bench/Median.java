package dev.quire.server.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Repeats a task: first to warm it up, then to measure it. */
final class Median {
    private static final int FEWEST_RUNS = 5;

    private Median() {}

    /** Median seconds of one run, over at least five runs and {@code measure}, after running for {@code warmUp}. */
    static double seconds(Duration warmUp, Duration measure, Runnable task) {
        for (long end = System.nanoTime() + warmUp.toNanos(); System.nanoTime() < end; ) {
            task.run();
        }
        List<Double> runs = new ArrayList<>();
        for (long end = System.nanoTime() + measure.toNanos(); System.nanoTime() < end || runs.size() < FEWEST_RUNS; ) {
            long start = System.nanoTime();
            task.run();
            runs.add((System.nanoTime() - start) * 1e-9);
        }
        runs.sort(null);
        return runs.get(runs.size() / 2);
    }
}
