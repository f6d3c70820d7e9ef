package dev.quire.core.request;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How tokens are chosen and when to stop. Names and meanings follow vLLM's.
 *
 * @param n choices to generate for one prompt
 * @param temperature 0 for greedy
 * @param topK keep the k most probable tokens; 0 keeps all
 * @param topP keep the smallest set of most probable tokens whose mass reaches p
 * @param minP drop tokens less probable than minP times the most probable one
 * @param penalties against repetition
 * @param logitBias added to the logits of single tokens
 * @param seed a request with a seed repeats, whatever else is running; absent draws one
 * @param stopping when to stop
 * @param logprobs how many alternatives to report for each token; absent reports nothing
 * @param promptLogprobs the same for the prompt's tokens
 * @param allowedTokens the only tokens that may be chosen; empty allows all
 * @param badWords token sequences that may not be completed
 * @param detokenization how tokens become text
 */
public record SamplingParams(
        int n,
        float temperature,
        int topK,
        float topP,
        float minP,
        Penalties penalties,
        Map<Integer, Float> logitBias,
        OptionalLong seed,
        Stopping stopping,
        OptionalInt logprobs,
        OptionalInt promptLogprobs,
        Set<Integer> allowedTokens,
        List<List<Integer>> badWords,
        Detokenization detokenization) {

    /**
     * @param repetition divides positive and multiplies negative logits of tokens seen; 1 for none
     * @param frequency subtracted for each time a token was generated, −2 to 2
     * @param presence subtracted if a token was generated, −2 to 2
     */
    public record Penalties(float repetition, float frequency, float presence) {
        public static final Penalties NONE = new Penalties(1, 0, 0);

        public Penalties {
            Require.finite("repetition_penalty", repetition, repetition > 0, "greater than 0");
            Require.finite("frequency_penalty", frequency, frequency >= -2 && frequency <= 2, "between -2 and 2");
            Require.finite("presence_penalty", presence, presence >= -2 && presence <= 2, "between -2 and 2");
        }
    }

    /**
     * @param maxTokens tokens of each choice; absent for all that the context leaves
     * @param minTokens tokens before which neither the end of the sequence nor a stop token may come
     * @param strings stop strings
     * @param tokens stop tokens beside the model's end-of-sequence tokens
     * @param ignoreEos whether the model's end-of-sequence tokens are ordinary tokens
     * @param includeInOutput whether the stop string or token stays in the text
     */
    public record Stopping(
            OptionalInt maxTokens,
            int minTokens,
            List<String> strings,
            Set<Integer> tokens,
            Eos ignoreEos,
            StopText includeInOutput) {
        /** Whether an end-of-sequence token ends a choice. */
        public enum Eos {
            STOPS,
            IGNORED
        }

        /** Whether what stopped a choice stays in its text. */
        public enum StopText {
            REMOVED,
            KEPT
        }

        public static final Stopping DEFAULT =
                new Stopping(OptionalInt.empty(), 0, List.of(), Set.of(), Eos.STOPS, StopText.REMOVED);

        /** After {@code tokens} tokens and for no other reason, as comparisons and measurements need it. */
        public static Stopping after(int tokens) {
            return new Stopping(OptionalInt.of(tokens), 0, List.of(), Set.of(), Eos.IGNORED, StopText.REMOVED);
        }

        public Stopping {
            strings = List.copyOf(strings);
            tokens = Set.copyOf(tokens);
            if (maxTokens.isPresent() && maxTokens.getAsInt() < 1) {
                throw new IllegalArgumentException("max_tokens must be at least 1, got " + maxTokens.getAsInt());
            }
            int limit = maxTokens.orElse(Integer.MAX_VALUE);
            if (minTokens < 0 || minTokens > limit) {
                throw new IllegalArgumentException("min_tokens must be between 0 and max_tokens, got " + minTokens);
            }
            if (strings.stream().anyMatch(String::isEmpty)) {
                throw new IllegalArgumentException("stop must not contain an empty string");
            }
        }
    }

    /**
     * @param skipSpecialTokens whether special tokens leave the text
     * @param spacesBetweenSpecialTokens whether special tokens that stay are set apart by spaces
     */
    public record Detokenization(boolean skipSpecialTokens, boolean spacesBetweenSpecialTokens) {
        public static final Detokenization DEFAULT = new Detokenization(true, true);
    }

    public SamplingParams {
        logitBias = Map.copyOf(logitBias);
        allowedTokens = Set.copyOf(allowedTokens);
        badWords = badWords.stream().map(List::copyOf).toList();
        if (n < 1) {
            throw new IllegalArgumentException("n must be at least 1, got " + n);
        }
        Require.finite("temperature", temperature, temperature >= 0, "at least 0");
        if (topK < 0) {
            throw new IllegalArgumentException("top_k must be 0 (all tokens) or more, got " + topK);
        }
        Require.finite("top_p", topP, topP > 0 && topP <= 1, "greater than 0 and at most 1");
        Require.finite("min_p", minP, minP >= 0 && minP <= 1, "between 0 and 1");
        logprobs.ifPresent(count -> Require.count("logprobs", count));
        promptLogprobs.ifPresent(count -> Require.count("prompt_logprobs", count));
    }

    /** Greedy, until the end of the sequence. */
    public static SamplingParams greedy() {
        return builder().temperature(0).build();
    }

    /** A builder with vLLM's defaults: temperature 1, everything else off. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Checks shared by the records above. */
    private static final class Require {
        static void finite(String name, float value, boolean holds, String what) {
            if (!holds || !Float.isFinite(value)) {
                throw new IllegalArgumentException("%s must be %s, got %s".formatted(name, what, value));
            }
        }

        static void count(String name, int value) {
            if (value < 0) {
                throw new IllegalArgumentException("%s must be at least 0, got %d".formatted(name, value));
            }
        }
    }

    /** Builds {@link SamplingParams}; values are checked by {@link #build}. */
    public static final class Builder {
        private int n = 1;
        private float temperature = 1;
        private int topK;
        private float topP = 1;
        private float minP;
        private Penalties penalties = Penalties.NONE;
        private Map<Integer, Float> logitBias = Map.of();
        private OptionalLong seed = OptionalLong.empty();
        private Stopping stopping = Stopping.DEFAULT;
        private OptionalInt logprobs = OptionalInt.empty();
        private OptionalInt promptLogprobs = OptionalInt.empty();
        private Set<Integer> allowedTokens = Set.of();
        private List<List<Integer>> badWords = List.of();
        private Detokenization detokenization = Detokenization.DEFAULT;

        private Builder() {}

        private Builder(SamplingParams from) {
            n = from.n;
            temperature = from.temperature;
            topK = from.topK;
            topP = from.topP;
            minP = from.minP;
            penalties = from.penalties;
            logitBias = from.logitBias;
            seed = from.seed;
            stopping = from.stopping;
            logprobs = from.logprobs;
            promptLogprobs = from.promptLogprobs;
            allowedTokens = from.allowedTokens;
            badWords = from.badWords;
            detokenization = from.detokenization;
        }

        public Builder n(int value) {
            n = value;
            return this;
        }

        public Builder temperature(float value) {
            temperature = value;
            return this;
        }

        public Builder topK(int value) {
            topK = value;
            return this;
        }

        public Builder topP(float value) {
            topP = value;
            return this;
        }

        public Builder minP(float value) {
            minP = value;
            return this;
        }

        public Builder penalties(Penalties value) {
            penalties = value;
            return this;
        }

        public Builder logitBias(Map<Integer, Float> value) {
            logitBias = value;
            return this;
        }

        public Builder seed(long value) {
            seed = OptionalLong.of(value);
            return this;
        }

        public Builder stopping(Stopping value) {
            stopping = value;
            return this;
        }

        /** Stops after {@code value} tokens of each choice. */
        public Builder maxTokens(int value) {
            stopping = new Stopping(
                    OptionalInt.of(value),
                    Math.min(stopping.minTokens, value),
                    stopping.strings,
                    stopping.tokens,
                    stopping.ignoreEos,
                    stopping.includeInOutput);
            return this;
        }

        public Builder logprobs(int value) {
            logprobs = OptionalInt.of(value);
            return this;
        }

        public Builder promptLogprobs(int value) {
            promptLogprobs = OptionalInt.of(value);
            return this;
        }

        public Builder allowedTokens(Set<Integer> value) {
            allowedTokens = value;
            return this;
        }

        public Builder badWords(List<List<Integer>> value) {
            badWords = value;
            return this;
        }

        public Builder detokenization(Detokenization value) {
            detokenization = value;
            return this;
        }

        /** @throws IllegalArgumentException naming the value, if one is out of range */
        public SamplingParams build() {
            return new SamplingParams(
                    n,
                    temperature,
                    topK,
                    topP,
                    minP,
                    penalties,
                    logitBias,
                    seed,
                    stopping,
                    logprobs,
                    promptLogprobs,
                    allowedTokens,
                    badWords,
                    detokenization);
        }
    }
}
