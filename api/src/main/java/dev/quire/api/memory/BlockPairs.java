package dev.quire.api.memory;

/**
 * Blocks to copy, in order: {@code sources[i]} to {@code destinations[i]}.
 *
 * @param group index of the cache group
 */
public record BlockPairs(int group, int[] sources, int[] destinations) {
    public BlockPairs {
        if (sources.length != destinations.length) {
            throw new IllegalArgumentException(
                    "%d source blocks for %d destinations".formatted(sources.length, destinations.length));
        }
    }

    /** Number of pairs. */
    public int size() {
        return sources.length;
    }
}
