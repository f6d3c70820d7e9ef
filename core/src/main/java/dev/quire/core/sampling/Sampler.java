package dev.quire.core.sampling;

import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.core.request.SamplingParams;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Prepares the sampling rows of one choice of a request. Confined to the engine thread. */
public final class Sampler {
    private static final float GREEDY_BELOW = 1e-5f;

    private final SamplingParams params;
    private final long key;
    private final Set<Integer> stopTokens;
    private final BadWords badWords;
    private final int[] seen;
    private final int[] allowed;
    private final TokenCounts produced = new TokenCounts();

    /**
     * @param prompt token ids
     * @param seed of the request; with the choice it makes the generator's key
     * @param choice 0 of n draws what a lone choice would
     * @param stopTokens what {@code min_tokens} holds back
     */
    public Sampler(SamplingParams params, int[] prompt, long seed, int choice, Set<Integer> stopTokens) {
        this.params = params;
        this.key = mix(seed + choice * 0x9E3779B97F4A7C15L);
        this.stopTokens = stopTokens;
        this.badWords = new BadWords(params.badWords());
        this.seen = params.penalties().repetition() == 1
                ? new int[0]
                : Arrays.stream(prompt).sorted().distinct().toArray();
        this.allowed = params.allowedTokens().stream()
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }

    /** Whether a row can be prepared only when every token before it is known. */
    public boolean readsHistory() {
        return !params.penalties().equals(SamplingParams.Penalties.NONE) || badWords.readHistory();
    }

    /** Notes a token of the output. */
    public void accept(int token) {
        if (!params.penalties().equals(SamplingParams.Penalties.NONE)) {
            produced.add(token);
        }
    }

    /** The row that samples output token {@code index}; {@code history} is complete if {@link #readsHistory}. */
    public SamplingRow row(int index, History history) {
        float temperature = params.temperature() < GREEDY_BELOW ? 0 : params.temperature();
        return new SamplingRow(
                temperature,
                params.topK(),
                params.topP(),
                params.minP(),
                key,
                index,
                OptionalInt.empty(),
                params.logprobs().orElse(-1),
                adjustments(index, history));
    }

    /** The row that reports the log-probability of prompt token {@code token}. */
    public static SamplingRow promptRow(int token, int topLogprobs) {
        return new SamplingRow(0, 0, 1, 0, 0, 0, OptionalInt.of(token), topLogprobs, Adjustments.NONE);
    }

    private Adjustments adjustments(int index, History history) {
        Map<Integer, Float> biases = new LinkedHashMap<>(params.logitBias());
        if (index < params.stopping().minTokens()) {
            stopTokens.forEach(token -> biases.put(token, Float.NEGATIVE_INFINITY));
        }
        badWords.banned(history, token -> biases.put(token, Float.NEGATIVE_INFINITY));
        SamplingParams.Penalties penalties = params.penalties();
        if (biases.isEmpty() && allowed.length == 0 && penalties.equals(SamplingParams.Penalties.NONE)) {
            return Adjustments.NONE;
        }
        int[] biased = new int[biases.size()];
        float[] values = new float[biases.size()];
        int at = 0;
        for (Map.Entry<Integer, Float> bias : biases.entrySet()) {
            biased[at] = bias.getKey();
            values[at++] = bias.getValue();
        }
        return new Adjustments(
                penalties.repetition(),
                penalties.frequency(),
                penalties.presence(),
                seen,
                produced.tokens(),
                produced.counts(),
                biased,
                values,
                allowed);
    }

    /** The finalizer of SplitMix64 (Steele et al. 2014): neighbouring seeds give unrelated keys. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
