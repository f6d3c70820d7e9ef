package dev.quire.api.placement;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.program.Program;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.Numerics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who runs each op of a program, and why.
 *
 * @param program with the composites that the primary backend refuses replaced by their definitions
 * @param ops the program's ops, in order
 */
public record ProgramPlacement(Program program, List<PlacedOp> ops) {
    public ProgramPlacement {
        ops = List.copyOf(ops);
    }

    /**
     * Asks the backends; compiles and allocates nothing.
     *
     * @param primary who gets all that it takes
     * @param fallback who gets the rest; absent to leave it to nobody
     */
    public static ProgramPlacement of(
            Program program, AttentionBackend primary, Optional<AttentionBackend> fallback, Numerics numerics) {
        return new Placer(primary, fallback, numerics).place(program);
    }

    /** Whether the primary backend runs everything. */
    public boolean isWhole() {
        return ops.stream().allMatch(placed -> placed.runner() == Runner.PRIMARY);
    }

    /** Where the program changes sides, and what crosses there. */
    public Crossings crossings() {
        return Crossings.of(this);
    }

    /** What {@code runner} runs. */
    public List<PlacedOp> of(Runner runner) {
        return ops.stream().filter(placed -> placed.runner() == runner).toList();
    }

    /**
     * @throws BackendException of kind UNSUPPORTED if nobody runs some op, naming up to five and the reasons
     */
    public void requireRunners() {
        List<PlacedOp> orphans = of(Runner.NOBODY);
        if (!orphans.isEmpty()) {
            String reasons = orphans.stream()
                    .map(placed -> "%s (%s: %s)"
                            .formatted(
                                    placed.op().kind(),
                                    placed.backend(),
                                    placed.reason().orElseThrow()))
                    .distinct()
                    .limit(5)
                    .collect(Collectors.joining("; "));
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "No backend runs %d of the model's %d ops: %s. Choose another backend, dtype or numerics."
                            .formatted(orphans.size(), ops.size(), reasons));
        }
    }

    /** The weights that the ops of {@code runner} read. */
    Set<WeightRef> weights(Runner runner) {
        Set<WeightRef> weights = new LinkedHashSet<>();
        of(runner).forEach(placed -> weights.addAll(placed.op().weights()));
        return weights;
    }
}
