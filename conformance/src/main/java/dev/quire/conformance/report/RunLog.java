package dev.quire.conformance.report;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What differs from run to run, and says nothing about the backend's answers.
 *
 * @param started when the run began
 * @param cases in the order of the results
 */
public record RunLog(Instant started, List<Entry> cases) {
    public RunLog {
        cases = List.copyOf(cases);
    }

    /**
     * One case.
     *
     * @param time that it took
     * @param output last lines that its JVM printed, if that JVM was lost; else empty
     */
    public record Entry(Duration time, String output) {}

    /** Time of all cases. */
    public Duration total() {
        return cases.stream().map(Entry::time).reduce(Duration.ZERO, Duration::plus);
    }
}
