package dev.quire.api.placement;

import dev.quire.api.AttentionBackend;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Asks two backends about every op. Ops on one cache group stay together, for the group's memory is in one place. */
final class Placer {
    private final AttentionBackend primary;
    private final Optional<AttentionBackend> fallback;
    private final Numerics numerics;
    /** Why a cache group is not on the primary, by group. */
    private final Map<Integer, String> groupsElsewhere = new HashMap<>();

    Placer(AttentionBackend primary, Optional<AttentionBackend> fallback, Numerics numerics) {
        this.primary = primary;
        this.fallback = fallback;
        this.numerics = numerics;
    }

    ProgramPlacement place(Program program) {
        Program flat = program.expand(composite -> refusal(primary, composite).isPresent());
        for (Op op : flat.ops()) {
            op.cache()
                    .ifPresent(cache -> refusal(primary, op)
                            .ifPresent(reason -> groupsElsewhere.putIfAbsent(
                                    cache.group(), "%s is refused: %s".formatted(op.kind(), reason))));
        }
        return new ProgramPlacement(flat, flat.ops().stream().map(this::place).toList());
    }

    private PlacedOp place(Op op) {
        Optional<String> reason = refusal(primary, op).or(() -> groupReason(op));
        if (reason.isEmpty()) {
            return new PlacedOp(op, Runner.PRIMARY, primary.info().name(), reason);
        }
        if (fallback.isEmpty()) {
            return new PlacedOp(op, Runner.NOBODY, primary.info().name(), reason);
        }
        AttentionBackend second = fallback.get();
        return refusal(second, op)
                .map(also -> new PlacedOp(
                        op,
                        Runner.NOBODY,
                        primary.info().name(),
                        Optional.of("%s; %s: %s"
                                .formatted(reason.get(), second.info().name(), also))))
                .orElseGet(() -> new PlacedOp(op, Runner.FALLBACK, second.info().name(), reason));
    }

    private Optional<String> groupReason(Op op) {
        return op.cache()
                .map(CacheRef::group)
                .flatMap(group -> Optional.ofNullable(groupsElsewhere.get(group)))
                .map(why -> "its cache group lives elsewhere, because " + why);
    }

    private Optional<String> refusal(AttentionBackend backend, Op op) {
        return backend.supports(op, numerics) instanceof Support.No(String reason)
                ? Optional.of(reason)
                : Optional.empty();
    }
}
