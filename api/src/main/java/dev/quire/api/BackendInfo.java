package dev.quire.api;

import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an open backend says of itself.
 *
 * @param name the provider's name
 * @param device the open device
 * @param cacheTypes element types that KV groups may have
 * @param numerics modes that it offers
 * @param batchInvariant whether, in FAST too, a row's bits do not depend on the other rows of its step (RULES, A)
 * @param description one line for logs: libraries, versions, vector width
 */
public record BackendInfo(
        String name,
        DeviceInfo device,
        Set<DType> cacheTypes,
        Set<Numerics> numerics,
        boolean batchInvariant,
        String description) {
    public BackendInfo {
        // In the order of the enums, so that messages and reports are the same in every run.
        cacheTypes = Collections.unmodifiableSet(new TreeSet<>(cacheTypes));
        numerics = Collections.unmodifiableSet(new TreeSet<>(numerics));
    }
}
