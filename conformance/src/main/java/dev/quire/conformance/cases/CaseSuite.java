package dev.quire.conformance.cases;

import dev.quire.api.types.Numerics;
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
        Samples samples = new Samples(seed);
        List<OpCase> ops = new ArrayList<>(new RowCases(samples).list());
        ops.addAll(new AttendCases(samples).list(depth));
        return ops.stream()
                .<ConformanceCase>map(op -> new OpBoundCase(op, samples))
                .toList();
    }
}
