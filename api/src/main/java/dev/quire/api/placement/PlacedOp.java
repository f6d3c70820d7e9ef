package dev.quire.api.placement;

import dev.quire.api.program.Op;
import java.util.Optional;

/**
 * An op and who runs it.
 *
 * @param op never a composite that its runner refuses
 * @param runner who runs it
 * @param backend the runner's name; of {@link Runner#NOBODY}, the primary's
 * @param reason why it is not the primary, in a sentence; empty if it is
 */
public record PlacedOp(Op op, Runner runner, String backend, Optional<String> reason) {}
