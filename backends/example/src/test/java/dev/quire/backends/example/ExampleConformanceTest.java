package dev.quire.backends.example;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.BackendConformance;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.run.RunOptions;

/** What the guide promises of its example. */
class ExampleConformanceTest extends BackendConformance {
    @Override
    protected RunOptions options() {
        return RunOptions.of("example", Numerics.REPRODUCIBLE)
                .with(Profile.ATTENTION)
                .with(Depth.QUICK);
    }

    @Override
    protected void refused(CaseResult result) {
        assertTrue(result.verdict().detail().contains("and does nothing else"), result.name());
    }
}
