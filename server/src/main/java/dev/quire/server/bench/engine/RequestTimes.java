package dev.quire.server.bench.engine;

/**
 * When what happened to a request.
 *
 * @param promptTokens of it
 * @param outputTokens of all its choices
 * @param firstToken seconds from submission to the first token
 * @param end seconds from submission to the last one
 */
public record RequestTimes(int promptTokens, int outputTokens, double firstToken, double end) {}
