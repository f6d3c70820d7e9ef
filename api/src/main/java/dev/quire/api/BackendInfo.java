package dev.quire.api;

import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import java.util.Set;

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
        cacheTypes = Set.copyOf(cacheTypes);
        numerics = Set.copyOf(numerics);
    }
}
