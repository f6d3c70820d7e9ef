package dev.quire.conformance.bisect;

import dev.quire.api.AttentionBackend;

/**
 * One of the two backends.
 *
 * @param name for messages
 * @param backend open; stays the caller's
 * @param fallback runs the ops that {@code backend} refuses; stays the caller's
 */
public record Side(String name, AttentionBackend backend, AttentionBackend fallback) {}
