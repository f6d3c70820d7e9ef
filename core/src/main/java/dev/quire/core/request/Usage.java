package dev.quire.core.request;

/**
 * What a request used.
 *
 * @param promptTokens tokens of the prompt
 * @param completionTokens tokens that were delivered, over all choices
 * @param cachedTokens prompt tokens that the prefix cache held
 */
public record Usage(int promptTokens, int completionTokens, int cachedTokens) {}
