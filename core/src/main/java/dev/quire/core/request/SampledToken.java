package dev.quire.core.request;

import java.util.Optional;

/**
 * A generated token.
 *
 * @param id token id
 * @param logprobs present if the request asked for them
 */
public record SampledToken(int id, Optional<TokenLogprobs> logprobs) {}
