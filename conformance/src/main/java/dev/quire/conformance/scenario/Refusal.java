package dev.quire.conformance.scenario;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import java.util.List;
import java.util.Optional;

/** What a backend says it does not run. */
public final class Refusal {
    private Refusal() {}

    /** Why the backend does not run the scenario, if it does not. */
    public static Optional<String> of(AttentionBackend backend, Scenario scenario, Numerics numerics) {
        for (CacheGroup group : scenario.layout().map(layout -> layout.groups()).orElse(List.of())) {
            if (group instanceof CacheGroup.PagedKv kv
                    && !backend.info().cacheTypes().contains(kv.dtype())) {
                return Optional.of("no KV cache of %s; it has %s"
                        .formatted(kv.dtype(), backend.info().cacheTypes()));
            }
        }
        for (Program program : scenario.programs()) {
            for (Op one : program.expand(
                            composite -> !backend.supports(composite, numerics).granted())
                    .ops()) {
                if (backend.supports(one, numerics) instanceof Support.No(String reason)) {
                    return Optional.of("%s: %s".formatted(one.kind(), reason));
                }
            }
        }
        return Optional.empty();
    }
}
