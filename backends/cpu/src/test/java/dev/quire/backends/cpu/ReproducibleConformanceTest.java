package dev.quire.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.BackendConformance;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.run.RunOptions;

class ReproducibleConformanceTest extends BackendConformance {
    @Override
    protected RunOptions options() {
        return RunOptions.of("cpu", Numerics.REPRODUCIBLE).with(Depth.QUICK);
    }

    @Override
    protected void refused(CaseResult result) {
        String reason = result.verdict().detail();
        assertTrue(reason.contains("with blocks of 8 tokens"), result.name() + ": " + reason);
    }
}
