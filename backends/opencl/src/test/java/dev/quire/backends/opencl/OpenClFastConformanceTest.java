package dev.quire.backends.opencl;

import static org.junit.jupiter.api.Assertions.fail;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.BackendConformance;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.run.RunOptions;
import org.junit.jupiter.api.BeforeAll;

/** The kit's quick run in FAST on the loader's best device: no case is refused. */
class OpenClFastConformanceTest extends BackendConformance {
    @BeforeAll
    static void aDeviceIsThere() {
        Devices.assumeOne();
    }

    @Override
    protected RunOptions options() {
        return RunOptions.of("opencl", Numerics.FAST).with(Depth.QUICK);
    }

    @Override
    protected void refused(CaseResult result) {
        fail(result.name() + ": " + result.verdict().detail());
    }
}
