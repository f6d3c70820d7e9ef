package dev.quire.core.request;

import java.util.Optional;

/**
 * A prompt and how to continue it.
 *
 * @param id unique among the requests in flight; for messages and logs
 * @param prompt token ids, at least one
 * @param sampling how to continue
 * @param priority lower is served earlier under the priority policy
 * @param cacheSalt prefixes are shared only among requests of equal salt
 */
public record GenerationRequest(
        String id, int[] prompt, SamplingParams sampling, int priority, Optional<String> cacheSalt) {
    /** A request of ordinary priority. */
    public static GenerationRequest of(String id, int[] prompt, SamplingParams sampling) {
        return new GenerationRequest(id, prompt, sampling, 0, Optional.empty());
    }
}
