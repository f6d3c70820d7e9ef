package dev.quire.api.memory;

/** A backend's KV cache, allocated once; closing it gives the memory back. */
public interface KvCache extends AutoCloseable {
    /** What was allocated. */
    KvCacheLayout layout();

    @Override
    void close();
}
