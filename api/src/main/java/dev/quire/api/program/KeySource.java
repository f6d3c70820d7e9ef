package dev.quire.api.program;

/** Where an {@link Op.Attend} finds keys and values. */
public sealed interface KeySource {
    /** In the cache, this step's tokens included: their {@link Op.WriteKv} comes earlier in the program. */
    record Cached(CacheRef cache) implements KeySource {}

    /**
     * Among this step's own rows only.
     *
     * @param k [T, kvHeads · headSize]
     * @param v [T, kvHeads · headSize]
     */
    record Step(Value k, Value v) implements KeySource {}
}
