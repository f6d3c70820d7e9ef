package dev.quire.conformance.cases;

import dev.quire.api.AttentionBackend;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.report.Profile;
import java.util.function.Supplier;

/**
 * What a case runs on.
 *
 * @param open opens the backend under test; the case closes what it opens
 * @param numerics the mode under test
 * @param profile what the backend must run itself
 */
public record CaseContext(Supplier<AttentionBackend> open, Numerics numerics, Profile profile) {
    /** A backend that must run every op. */
    public CaseContext(Supplier<AttentionBackend> open, Numerics numerics) {
        this(open, numerics, Profile.MODEL);
    }
}
