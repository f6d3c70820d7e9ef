package dev.quire.server.bench.http;

import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;

/** Percentiles of times, to three digits, from a microsecond to hours. */
final class Percentiles {
    private static final double MICROS = 1e6;
    private static final int DIGITS = 3;

    private final Histogram histogram = new Histogram(DIGITS);

    /** @param seconds to count */
    Percentiles(DoubleStream seconds) {
        seconds.forEach(each -> histogram.recordValue(Math.max(0, Math.round(each * MICROS))));
    }

    /** Seconds that {@code percent} percent of the values do not pass; NaN if there are none. */
    double at(double percent) {
        return histogram.getTotalCount() == 0 ? Double.NaN : histogram.getValueAtPercentile(percent) / MICROS;
    }

    double mean() {
        return histogram.getTotalCount() == 0 ? Double.NaN : histogram.getMean() / MICROS;
    }
}
