package dev.quire.backends.levelzero;

import static org.junit.jupiter.api.Assertions.fail;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.BackendConformance;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.run.RunOptions;
import dev.quire.conformance.waivers.NamePattern;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;

/** The kit's linear layers of one format, by tiles in local memory. */
class LevelZeroTilesConformanceTest extends BackendConformance {
    @BeforeAll
    static void theLoopbackDriverIsThere() {
        Loopback.assume();
    }

    @Override
    protected RunOptions options() {
        return RunOptions.of("levelzero", Numerics.FAST)
                .with(Map.of("kernels", "tiles"))
                .with(Depth.QUICK)
                .with(new NamePattern("*Linear/Q4_K/*"));
    }

    @Override
    protected void refused(CaseResult result) {
        fail(result.name() + ": " + result.verdict().detail());
    }
}
