package dev.quire.server.bench.measure;

import java.time.Duration;

/**
 * How long one thing is measured.
 *
 * @param warmUp before any run counts; repeated while the JVM compiles, and at least one run if it is 0
 * @param measure while runs count; at least {@link Turns#FEWEST_RUNS} do, however long they take
 */
public record Effort(Duration warmUp, Duration measure) {
    /** @throws IllegalArgumentException if a time is negative */
    public Effort {
        if (warmUp.isNegative() || measure.isNegative()) {
            throw new IllegalArgumentException(
                    "a measurement of %s after a warm-up of %s: neither may be negative".formatted(measure, warmUp));
        }
    }

    /**
     * @param seconds of measuring, after as long a warm-up
     * @throws IllegalArgumentException if it is not a number of at least 0
     */
    public static Effort seconds(double seconds) {
        if (!(seconds >= 0 && seconds <= 3600)) {
            throw new IllegalArgumentException("--seconds is %s; give a number from 0 to 3600".formatted(seconds));
        }
        Duration time = Duration.ofNanos((long) (seconds * 1e9));
        return new Effort(time, time);
    }
}
