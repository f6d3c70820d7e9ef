package dev.quire.server.bench.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes traces; the same from the same seed.
 *
 * @param vocabulary token ids are 1 to {@code vocabulary − 1}
 * @param maxModelLen tokens of the longest sequence; prompt and answer are cut to fit, the answer to half of it
 * @param seed of lengths and tokens
 */
public record TraceMaker(int vocabulary, int maxModelLen, long seed) {
    private static final double SIGMA = 1;
    private static final int SHARED = 512;
    private static final int CHOICES = 4;
    private static final int SHORTEST = 4;

    /** @throws IllegalArgumentException if sequences are too short for a prompt and an answer */
    public TraceMaker {
        if (maxModelLen < 2 * SHORTEST || vocabulary < 2) {
            throw new IllegalArgumentException(
                    "a trace needs sequences of at least %d tokens and a vocabulary of 2; got %d and %d"
                            .formatted(2 * SHORTEST, maxModelLen, vocabulary));
        }
    }

    /**
     * A trace of {@code count} requests.
     *
     * @throws IllegalArgumentException if that is none
     */
    public Trace make(TraceKind kind, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("--num-prompts is %d; at least 1 is needed".formatted(count));
        }
        Random random = new Random(seed);
        int[] prefix = kind == TraceKind.SHARED_PREFIX ? tokens(random, Math.min(SHARED, maxModelLen / 2)) : new int[0];
        List<TraceRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(request(kind, prefix, random));
        }
        return new Trace("%s, seed %d".formatted(kind.label(), seed), requests);
    }

    /** {@code count} requests of the same lengths, each with tokens of its own. */
    public Trace batch(int count, int promptTokens, int outputTokens) {
        Random random = new Random(seed);
        List<TraceRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(new TraceRequest(tokens(random, promptTokens), outputTokens, 1));
        }
        return new Trace(
                "%d prompts of %d tokens, answers of %d".formatted(count, promptTokens, outputTokens), requests);
    }

    private TraceRequest request(TraceKind kind, int[] prefix, Random random) {
        int room = maxModelLen - prefix.length;
        int output = length(random, kind.outputMean(), Math.max(SHORTEST, room / 2));
        int most = room - output;
        int own = kind == TraceKind.LONG_CONTEXT
                ? Math.max(1, most / 2 + random.nextInt(Math.max(1, most / 2)))
                : length(random, kind.promptMean(), most);
        int[] prompt = new int[prefix.length + own];
        System.arraycopy(prefix, 0, prompt, 0, prefix.length);
        System.arraycopy(tokens(random, own), 0, prompt, prefix.length, own);
        return new TraceRequest(prompt, output, kind == TraceKind.PARALLEL ? CHOICES : 1);
    }

    private int[] tokens(Random random, int count) {
        return random.ints(count, 1, vocabulary).toArray();
    }

    private static int length(Random random, double mean, int most) {
        double length = Math.exp(Math.log(mean) - SIGMA * SIGMA / 2 + SIGMA * random.nextGaussian());
        return Math.clamp(Math.round(length), Math.min(SHORTEST, most), most);
    }
}
