package dev.quire.conformance.suite;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.cases.OpSuite;
import dev.quire.conformance.golden.ModelCases;
import dev.quire.conformance.metamorphic.InvarianceSuite;
import dev.quire.conformance.models.OpenModel;
import dev.quire.conformance.models.TinyModel;
import java.util.ArrayList;
import java.util.List;

/** All cases of a run. */
public final class CaseSuite {
    private CaseSuite() {}

    /**
     * The cases, in the order in which they run and are reported.
     *
     * @param numerics the mode under test
     * @param seed of all data
     */
    public static List<ConformanceCase> of(Numerics numerics, Depth depth, long seed) {
        List<ConformanceCase> cases = new ArrayList<>(OpSuite.of(numerics, depth, seed));
        cases.addAll(ModelCases.of(TinyModel.NAME, () -> new OpenModel(TinyModel.load()), numerics, depth));
        if (numerics == Numerics.REPRODUCIBLE) {
            cases.addAll(ModelCases.fresh(depth, seed));
        }
        cases.addAll(InvarianceSuite.of(numerics, depth, seed));
        return cases;
    }
}
