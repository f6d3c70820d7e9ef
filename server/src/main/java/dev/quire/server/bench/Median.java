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
        return seconds(warmUp, measure, List.of(task)).getFirst();
    }

    /** The same of several tasks that take turns, so that whatever else the machine does slows all of them; each gets its own share of the times. */
    static List<Double> seconds(Duration warmUp, Duration measure, List<Runnable> tasks) {
        long warm = warmUp.multipliedBy(tasks.size()).toNanos();
        for (long end = System.nanoTime() + warm; System.nanoTime() < end; ) {
            tasks.forEach(Runnable::run);
        }
        List<List<Double>> runs = tasks.stream()
                .map(task -> (List<Double>) new ArrayList<Double>())
                .toList();
        long enough = measure.multipliedBy(tasks.size()).toNanos();
        for (long end = System.nanoTime() + enough;
                System.nanoTime() < end || runs.getFirst().size() < FEWEST_RUNS; ) {
            for (int i = 0; i < tasks.size(); i++) {
                long start = System.nanoTime();
                tasks.get(i).run();
                runs.get(i).add((System.nanoTime() - start) * 1e-9);
            }
        }
        runs.forEach(times -> times.sort(null));
        return runs.stream().map(times -> times.get(times.size() / 2)).toList();
    }
}
