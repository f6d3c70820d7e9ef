package dev.quire.conformance.cases;

import dev.quire.api.AttentionBackend;
import dev.quire.api.types.Numerics;
import java.util.function.Supplier;

/**
 * What a case runs on.
 *
 * @param open opens the backend under test; the case closes what it opens
 * @param numerics the mode under test
 */
public record CaseContext(Supplier<AttentionBackend> open, Numerics numerics) {}
