package dev.quire.api.program;

/**
 * Where an op's keys and values live.
 *
 * @param group index into the cache layout's groups
 * @param layer layer within the group
 */
public record CacheRef(int group, int layer) {
    public CacheRef {
        if (group < 0 || layer < 0) {
            throw new IllegalArgumentException(
                    "cache group %d, layer %d: neither may be negative".formatted(group, layer));
        }
    }
}
