package dev.quire.core.cache;

/** A SHA-256 digest as four words: the identity of a full block's content, its whole prefix and salt included. */
record BlockHash(long a, long b, long c, long d) {

    @Override
    public int hashCode() {
        return (int) a; // the bits of a digest are uniform already
    }
}
