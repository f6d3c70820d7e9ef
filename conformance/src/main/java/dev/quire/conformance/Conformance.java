package dev.quire.conformance;

import dev.quire.api.AttentionBackend;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.Verdict;
import dev.quire.conformance.suite.CaseSuite;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Runs cases in this JVM, where a debugger sees them; a crash or a hang is not survived, and nothing is certified. */
public final class Conformance {
    private Conformance() {}

    /**
     * Runs every case of a mode.
     *
     * @param open opens the backend; closed after each case
     * @param seed of all data
     * @return a result per case, in the order of the cases, as the cases found them: no profile or waiver is looked at
     */
    public static List<CaseResult> run(Supplier<AttentionBackend> open, Numerics numerics, long seed, Depth depth) {
        return run(open, numerics, CaseSuite.of(numerics, depth, seed));
    }

    /** Runs some cases of a mode, in their order. */
    public static List<CaseResult> run(
            Supplier<AttentionBackend> open, Numerics numerics, List<ConformanceCase> cases) {
        CaseContext context = new CaseContext(open, numerics);
        List<CaseResult> results = new ArrayList<>();
        for (ConformanceCase one : cases) {
            results.add(new CaseResult(one.name(), one.level(), one.rules(), verdict(one, context)));
        }
        return results;
    }

    private static Verdict verdict(ConformanceCase one, CaseContext context) {
        try {
            return one.run(context);
        } catch (RuntimeException e) {
            return Verdict.error(e.toString());
        }
    }
}
