package dev.quire.api.step;

import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import java.util.Map;
import java.util.Optional;

/**
 * Ties a program's edges to memory for one step.
 *
 * @param cache the KV cache that the program's cache ops use
 * @param buffers by value name: every output of the program, and every input that the batch does not fill
 */
public record Bindings(Optional<KvCache> cache, Map<String, Buffer> buffers) {
    public Bindings {
        buffers = Map.copyOf(buffers);
    }

    /** The buffer bound to {@code name}. */
    public Buffer buffer(String name) {
        Buffer buffer = buffers.get(name);
        if (buffer == null) {
            throw new IllegalArgumentException("nothing is bound to '%s'; bound: %s".formatted(name, buffers.keySet()));
        }
        return buffer;
    }
}
