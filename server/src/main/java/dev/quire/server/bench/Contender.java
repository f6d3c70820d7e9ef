package dev.quire.server.bench;

import dev.quire.api.AttentionBackend;
import dev.quire.api.types.Numerics;

/**
 * One of those that are measured in turns.
 *
 * @param name for the report
 * @param backend open; stays the caller's. It runs every op that it is given
 * @param numerics in which its programs are compiled
 */
public record Contender(String name, AttentionBackend backend, Numerics numerics) {}
