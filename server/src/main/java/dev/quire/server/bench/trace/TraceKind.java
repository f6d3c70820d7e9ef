package dev.quire.server.bench.trace;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a made trace looks like. Lengths are log-normal, with the means that Kwon et al. 2023 §6.1 give for two data sets; tokens are uniform.
 */
public enum TraceKind {
    /** Conversations: prompts of 161 tokens and answers of 338 on average. */
    SHAREGPT(161, 338),
    /** Instructions: prompts of 19 tokens and answers of 58 on average. */
    ALPACA(19, 58),
    /** Instructions that all begin with the same 512 tokens. */
    SHARED_PREFIX(19, 58),
    /** Instructions, each answered four times. */
    PARALLEL(19, 58),
    /** Prompts of half the longest sequence to nearly all of it, and answers of 58 tokens on average. */
    LONG_CONTEXT(0, 58);

    private final double promptMean;
    private final double outputMean;

    TraceKind(double promptMean, double outputMean) {
        this.promptMean = promptMean;
        this.outputMean = outputMean;
    }

    double promptMean() {
        return promptMean;
    }

    double outputMean() {
        return outputMean;
    }

    /** As people write it: {@code shared-prefix}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The kind called {@code label}.
     *
     * @throws IllegalArgumentException listing the kinds, if there is none
     */
    public static TraceKind of(String label) {
        return Stream.of(values())
                .filter(kind -> kind.label().equalsIgnoreCase(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no trace is called '%s'. Traces: %s; or pass the path of a JSONL file."
                                .formatted(
                                        label,
                                        Stream.of(values())
                                                .map(TraceKind::label)
                                                .collect(Collectors.joining(", ")))));
    }
}
