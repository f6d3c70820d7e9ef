package dev.quire.conformance.cases;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.scenario.Samples;
import java.util.ArrayList;
import java.util.List;

/** Level C1: every op and variant, alone. */
public final class OpSuite {
    private OpSuite() {}

    /** @see dev.quire.conformance.suite.CaseSuite#of */
    public static List<ConformanceCase> of(Numerics numerics, Depth depth, long seed) {
        Samples samples = new Samples(seed);
        OpCases plain = new OpCases(samples);
        new PointwiseCases(plain).add(depth);
        new NormCases(plain).add(depth);
        new TokenCases(plain).add();
        new SampleCases(plain).add(depth);
        List<OpCase> experts = new ExpertCases(plain, numerics).list(depth);
        List<OpCase> all = new ArrayList<>(plain.list());
        all.addAll(experts);
        all.addAll(new LinearCases(samples, numerics).list(depth));
        all.addAll(new AttendCases(samples, numerics).list(depth));
        all.addAll(new CacheCases(samples, numerics).list(depth));
        all.addAll(new OrderCases(samples).list());
        List<ConformanceCase> cases = new ArrayList<>();
        all.forEach(op -> cases.add(new OpBoundCase(op, samples)));
        cases.addAll(new ContractCases(samples).list());
        return cases;
    }
}
