package dev.quire.server.bench.measure;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Repeats tasks: first to warm them up, then to measure them. The JVM compiles what runs often in threads of its own, for seconds, and on a machine of few
 * processors those are the ones that are measured: so a warm-up goes on until the compiler has finished next to nothing for as long as the effort asks.
 */
public final class Turns {
    /** Runs that a median is made of at least. */
    public static final int FEWEST_RUNS = 5;

    /** Warm-ups in a row at most: what a program compiles comes to an end, but nobody should have to wait for it without one. */
    private static final int MOST_WARM_UPS = 10;

    /** The compiler is at rest if it took less than this part of a warm-up. */
    private static final double AT_REST = 0.05;

    private Turns() {}

    /** Runs of one task. */
    public static Runs measure(Effort effort, Runnable task) {
        return measure(effort, List.of(task)).getFirst();
    }

    /** Runs of several tasks that take turns, so that whatever else the machine does slows all of them; each gets its own share of the times. */
    public static List<Runs> measure(Effort effort, List<Runnable> tasks) {
        return measure(effort, tasks, Turns::compiledMillis);
    }

    /** @param compiledMillis how long the JVM has compiled since it started */
    static List<Runs> measure(Effort effort, List<Runnable> tasks, LongSupplier compiledMillis) {
        warmUp(all(effort.warmUp(), tasks), tasks, compiledMillis);
        List<List<Double>> runs = new ArrayList<>();
        tasks.forEach(task -> runs.add(new ArrayList<>()));
        long enough = all(effort.measure(), tasks);
        long started = System.nanoTime();
        while (System.nanoTime() - started < enough || runs.getFirst().size() < FEWEST_RUNS) {
            for (int i = 0; i < tasks.size(); i++) {
                long start = System.nanoTime();
                tasks.get(i).run();
                runs.get(i).add((System.nanoTime() - start) * 1e-9);
            }
        }
        return runs.stream().map(Runs::new).toList();
    }

    private static void warmUp(long nanos, List<Runnable> tasks, LongSupplier compiledMillis) {
        boolean busy = true;
        for (int round = 0; busy && round < MOST_WARM_UPS; round++) {
            long compiled = compiledMillis.getAsLong();
            long started = System.nanoTime();
            do {
                tasks.forEach(Runnable::run);
            } while (System.nanoTime() - started < nanos);
            double compiling = (compiledMillis.getAsLong() - compiled) * 1e6;
            busy = nanos > 0 && compiling > AT_REST * (System.nanoTime() - started);
        }
    }

    private static long compiledMillis() {
        return Optional.ofNullable(ManagementFactory.getCompilationMXBean())
                .filter(CompilationMXBean::isCompilationTimeMonitoringSupported)
                .map(CompilationMXBean::getTotalCompilationTime)
                .orElse(0L);
    }

    private static long all(Duration each, List<Runnable> tasks) {
        return each.multipliedBy(tasks.size()).toNanos();
    }
}
