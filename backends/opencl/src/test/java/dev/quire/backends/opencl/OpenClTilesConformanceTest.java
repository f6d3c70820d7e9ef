package dev.quire.backends.opencl;

import static org.junit.jupiter.api.Assertions.fail;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.BackendConformance;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.run.RunOptions;
import dev.quire.conformance.waivers.NamePattern;
import org.junit.jupiter.api.BeforeAll;

/** The kit's linear layers of one format, experts too, by the kernels of GPUs on the loader's best device. */
class OpenClTilesConformanceTest extends BackendConformance {
    @BeforeAll
    static void aDeviceIsThere() {
        Devices.assumeOne();
    }

    @Override
    protected RunOptions options() {
        return RunOptions.of("opencl", Numerics.FAST)
                .with(Devices.TILES)
                .with(Depth.QUICK)
                .with(new NamePattern("*Linear/Q4_K/*"));
    }

    @Override
    protected void refused(CaseResult result) {
        fail(result.name() + ": " + result.verdict().detail());
    }
}
