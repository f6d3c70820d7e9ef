package dev.quire.conformance;

import dev.quire.api.AttentionBackend;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.cases.CaseSuite;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.ConformanceReport;
import dev.quire.conformance.report.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Runs cases in this JVM. */
public final class Conformance {
    private Conformance() {}

    /**
     * Runs every case.
     *
     * @param open opens the backend; closed after each case
     * @param seed of all data
     */
    public static ConformanceReport run(Supplier<AttentionBackend> open, long seed, Depth depth) {
        CaseContext context = new CaseContext(open, Numerics.FAST);
        List<CaseResult> results = new ArrayList<>();
        for (ConformanceCase one : CaseSuite.of(context.numerics(), depth, seed)) {
            results.add(new CaseResult(one.name(), one.level(), one.rules(), verdict(one, context)));
        }
        try (AttentionBackend backend = open.get()) {
            String device = "%s (%s)"
                    .formatted(backend.info().device().name(), backend.info().description());
            return new ConformanceReport("C1", backend.info().name(), device, seed, results);
        }
    }

    private static Verdict verdict(ConformanceCase one, CaseContext context) {
        try {
            return one.run(context);
        } catch (RuntimeException e) {
            return Verdict.error(e.toString());
        }
    }
}
