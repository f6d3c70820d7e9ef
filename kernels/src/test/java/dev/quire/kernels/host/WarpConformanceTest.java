package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.fail;

import dev.quire.api.DeviceChoice;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.BackendConformance;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.run.RunOptions;
import dev.quire.conformance.waivers.NamePattern;
import org.junit.jupiter.api.BeforeAll;

/** The kit's cases of attention over caches of 16 bits an element, in FAST, over the kernels of the CUDA family: none is refused. */
class WarpConformanceTest extends BackendConformance {
    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    @Override
    protected RunOptions options() {
        return RunOptions.of(HostProvider.NAME, Numerics.FAST)
                .with(new DeviceChoice.Index(HostProvider.WARP))
                .with(new NamePattern("Attend/*/*F16/*"))
                .with(Depth.QUICK);
    }

    @Override
    protected void refused(CaseResult result) {
        fail(result.name() + ": " + result.verdict().detail());
    }
}
