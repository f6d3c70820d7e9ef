package dev.quire.server.bench.measure;

import java.util.List;

/**
 * How long each run of one task took.
 *
 * @param seconds rising; at least one
 */
public record Runs(List<Double> seconds) {
    /** @throws IllegalArgumentException if there is no run */
    public Runs {
        seconds = seconds.stream().sorted().toList();
        if (seconds.isEmpty()) {
            throw new IllegalArgumentException("no run was measured; at least one is needed");
        }
    }

    /** Seconds of the middle run. */
    public double median() {
        return quantile(0.5);
    }

    /** Seconds between the first and the third quartile, as a part of the median: how much the machine's speed changed. */
    public double spread() {
        double median = median();
        return median == 0 ? 0 : (quantile(0.75) - quantile(0.25)) / median;
    }

    /** How many runs there were. */
    public int count() {
        return seconds.size();
    }

    /** Interpolated between the two nearest runs (Hyndman and Fan 1996, definition 7). */
    double quantile(double part) {
        double at = part * (seconds.size() - 1);
        int below = (int) at;
        int above = Math.min(below + 1, seconds.size() - 1);
        return seconds.get(below) + (at - below) * (seconds.get(above) - seconds.get(below));
    }
}
