package dev.quire.server.bench.measure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Repeats tasks: first to warm them up, then to measure them. */
public final class Turns {
    /** Runs that a median is made of at least. */
    public static final int FEWEST_RUNS = 5;

    private Turns() {}

    /** Runs of one task. */
    public static Runs measure(Effort effort, Runnable task) {
        return measure(effort, List.of(task)).getFirst();
    }

    /** Runs of several tasks that take turns, so that whatever else the machine does slows all of them; each gets its own share of the times. */
    public static List<Runs> measure(Effort effort, List<Runnable> tasks) {
        long warm = all(effort.warmUp(), tasks);
        long started = System.nanoTime();
        do {
            tasks.forEach(Runnable::run);
        } while (System.nanoTime() - started < warm);
        List<List<Double>> runs = new ArrayList<>();
        tasks.forEach(task -> runs.add(new ArrayList<>()));
        long enough = all(effort.measure(), tasks);
        started = System.nanoTime();
        while (System.nanoTime() - started < enough || runs.getFirst().size() < FEWEST_RUNS) {
            for (int i = 0; i < tasks.size(); i++) {
                long start = System.nanoTime();
                tasks.get(i).run();
                runs.get(i).add((System.nanoTime() - start) * 1e-9);
            }
        }
        return runs.stream().map(Runs::new).toList();
    }

    private static long all(Duration each, List<Runnable> tasks) {
        return each.multipliedBy(tasks.size()).toNanos();
    }
}
