package dev.quire.backends.tornado.times;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.types.Numerics;
import dev.quire.backends.tornado.OfKernels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Java's kernels beside the portable ones, which take turns: medians of what an op takes, launch included. The property {@code times} is a pattern
 * that ops' names begin with. Not among the tests that run unasked:
 *
 * <pre>./mvnw test -pl backends/tornado -am -Dgroups=tornado -Dtest=KernelTimes -Dsurefire.failIfNoSpecifiedTests=false -Dtimes='embed|slice'</pre>
 */
@Tag("tornado")
class KernelTimes {
    /** Enough that launches have come together in one graph. */
    private static final int WARM_UPS = 36;

    private static final int RUNS = 21;
    private static final int FEWEST = 5;
    private static final long MOST_NANOS = 1_500_000_000L;

    @TempDir
    private Path kernels;

    @Test
    void reproducible() {
        compare(Numerics.REPRODUCIBLE);
    }

    @Test
    void fast() {
        compare(Numerics.FAST);
    }

    private void compare(Numerics numerics) {
        Pattern wanted = Pattern.compile(System.getProperty("times", ""));
        List<TimedOp> ops = TimedOps.of(numerics).stream()
                .filter(op -> wanted.matcher(op.name()).lookingAt())
                .toList();
        assertFalse(ops.isEmpty(), () -> "no op's name begins with " + wanted);
        try (AttentionBackend portable = open(new OfKernels.Portable());
                AttentionBackend java = open(new OfKernels.Java())) {
            System.out.printf("%s, µs%n", numerics);
            for (TimedOp op : ops) {
                compare(op, portable, java, numerics);
            }
        }
    }

    private AttentionBackend open(BackendProvider provider) {
        if (provider.availability() instanceof Availability.Unavailable(String reason, String fix)) {
            abort(reason + "; " + fix);
        }
        return provider.open(provider.devices().getFirst(), BackendOptions.defaults(kernels));
    }

    private static void compare(TimedOp op, AttentionBackend first, AttentionBackend second, Numerics numerics) {
        try (TimedSide portable = new TimedSide(first, op, numerics);
                TimedSide java = new TimedSide(second, op, numerics)) {
            repeat(WARM_UPS, () -> {
                portable.run();
                java.run();
            });
            List<Double> ofPortable = new ArrayList<>();
            List<Double> ofJava = new ArrayList<>();
            repeat(RUNS, () -> {
                ofPortable.add(micros(portable));
                ofJava.add(micros(java));
            });
            Collections.sort(ofPortable);
            Collections.sort(ofJava);
            System.out.printf(
                    "%-45s portable %9.1f ±%3.0f%%  java %9.1f ±%3.0f%%  java over portable %5.2f, of the quickest %5.2f%n",
                    op.name(),
                    quantile(ofPortable, 0.5),
                    spread(ofPortable),
                    quantile(ofJava, 0.5),
                    spread(ofJava),
                    quantile(ofJava, 0.5) / quantile(ofPortable, 0.5),
                    quantile(ofJava, 0) / quantile(ofPortable, 0));
            if (numerics == Numerics.REPRODUCIBLE) {
                sameBits(op, portable.results(), java.results());
            }
        }
    }

    /** What is timed is the same work. */
    private static void sameBits(TimedOp op, Map<String, byte[]> portable, Map<String, byte[]> java) {
        portable.forEach((name, bytes) -> assertArrayEquals(bytes, java.get(name), () -> op.name() + ": " + name));
    }

    /** As often as said, but less often what takes seconds. */
    private static void repeat(int times, Runnable turn) {
        long end = System.nanoTime() + MOST_NANOS;
        for (int i = 0; i < times && (i < FEWEST || System.nanoTime() < end); i++) {
            turn.run();
        }
    }

    private static double micros(TimedSide side) {
        long start = System.nanoTime();
        side.run();
        return (System.nanoTime() - start) * 1e-3 / TimedOp.REPEATED;
    }

    /** Percent of the median between the first and the third quartile. */
    private static double spread(List<Double> rising) {
        return 100 * (quantile(rising, 0.75) - quantile(rising, 0.25)) / quantile(rising, 0.5);
    }

    private static double quantile(List<Double> rising, double part) {
        return rising.get((int) Math.round(part * (rising.size() - 1)));
    }
}
