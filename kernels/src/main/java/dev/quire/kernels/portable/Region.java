package dev.quire.kernels.portable;

/** A piece of memory that a backend holds and launches point into. Each begins at a multiple of {@link #ALIGNMENT} bytes. */
public sealed interface Region {
    /** Bytes to whose multiples regions, and offsets into them, are aligned. */
    int ALIGNMENT = 256;

    /** The executable's scratch, {@link PortablePlan#workspaceBytes()} long. */
    record Workspace() implements Region {}

    /** The executable's tables, {@link PortablePlan#tables()}, uploaded once. */
    record Tables() implements Region {}

    /** The step's own numbers, {@link Launches#words()}, uploaded before its launches. Kernels may write to it. */
    record Words() implements Region {}

    /** A weight in one form. */
    record Weight(WeightImage image) implements Region {}

    /** Weights behind one another. */
    record Stack(WeightStack stack) implements Region {}

    /** The whole of a cache group, {@link CacheShape#bytes()} long. */
    record Cache(int group) implements Region {}

    /** The buffer bound to a value of the program. */
    record Bound(String value) implements Region {}

    /** What the sampling step chose that the batch's tokens name: its output {@code sampled} (RULES, T6). */
    record Sampled() implements Region {}

    /** Where blocks are gathered on their way to the host, or lie on their way back, one {@link CacheShape#blockBytes()} after another. */
    record Staging() implements Region {}

    Region WORKSPACE = new Workspace();
    Region TABLES = new Tables();
    Region WORDS = new Words();
    Region SAMPLED = new Sampled();
    Region STAGING = new Staging();

    /** {@code bytes}, rounded up to the alignment. */
    static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
