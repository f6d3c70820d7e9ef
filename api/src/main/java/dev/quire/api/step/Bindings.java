package dev.quire.api.step;

import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Ties a program's edges to memory for one step.
 *
 * @param cache the KV cache that the program's cache ops use
 * @param buffers by value name: every output of the program, and every input that the batch does not fill
 * @param resident names of values that need not cross between host and device: inputs whose buffer the backend itself wrote or read since
 *     the host did, and outputs that only later steps of the backend read (RULES, M13)
 */
public record Bindings(Optional<KvCache> cache, Map<String, Buffer> buffers, Set<String> resident) {
    public Bindings {
        buffers = Map.copyOf(buffers);
        resident = Set.copyOf(resident);
    }

    /** The host brings all inputs and reads all outputs. */
    public Bindings(Optional<KvCache> cache, Map<String, Buffer> buffers) {
        this(cache, buffers, Set.of());
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
