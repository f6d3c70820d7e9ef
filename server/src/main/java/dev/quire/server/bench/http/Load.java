package dev.quire.server.bench.http;

import java.util.List;

/**
 * What came of a trace at one rate.
 *
 * @param rate requests per second; infinite for all at once
 * @param seconds from the start to the last answer's end
 * @param answers that came whole
 * @param failures what was said of the others
 */
public record Load(double rate, double seconds, List<StreamTimes> answers, List<String> failures) {
    public Load {
        answers = List.copyOf(answers);
        failures = List.copyOf(failures);
    }

    /** Tokens of all answers. */
    long outputTokens() {
        return answers.stream().mapToLong(StreamTimes::outputTokens).sum();
    }
}
