package dev.quire.backends.levelzero;

import static org.junit.jupiter.api.Assertions.fail;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.BackendConformance;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.run.RunOptions;
import org.junit.jupiter.api.BeforeAll;

/** The kit's quick run in FAST over Level Zero, its loader and the loopback driver: nothing is refused. */
class LevelZeroFastConformanceTest extends BackendConformance {
    @BeforeAll
    static void theLoopbackDriverIsThere() {
        Loopback.assume();
    }

    @Override
    protected RunOptions options() {
        return RunOptions.of("levelzero", Numerics.FAST).with(Depth.QUICK);
    }

    @Override
    protected void refused(CaseResult result) {
        fail(result.name() + ": " + result.verdict().detail());
    }
}
