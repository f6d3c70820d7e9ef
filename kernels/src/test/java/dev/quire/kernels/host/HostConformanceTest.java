package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.fail;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.BackendConformance;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.run.RunOptions;
import org.junit.jupiter.api.BeforeAll;

/** The kit's quick run over the portable kernels: no case is refused. */
class HostConformanceTest extends BackendConformance {
    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    @Override
    protected RunOptions options() {
        return RunOptions.of(HostProvider.NAME, Numerics.REPRODUCIBLE).with(Depth.QUICK);
    }

    @Override
    protected void refused(CaseResult result) {
        fail(result.name() + ": " + result.verdict().detail());
    }
}
