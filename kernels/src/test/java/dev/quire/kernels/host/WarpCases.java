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

/** Cases of the kit in FAST over the kernels of the CUDA family: none is refused. */
abstract class WarpCases extends BackendConformance {
    private final NamePattern cases;
    private final Depth depth;
    private final int device;

    WarpCases(String cases, Depth depth) {
        this(cases, depth, HostProvider.WARP);
    }

    WarpCases(String cases, Depth depth, int device) {
        this.device = device;
        this.cases = new NamePattern(cases);
        this.depth = depth;
    }

    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    @Override
    protected RunOptions options() {
        return RunOptions.of(HostProvider.NAME, Numerics.FAST)
                .with(new DeviceChoice.Index(device))
                .with(cases)
                .with(depth);
    }

    @Override
    protected void refused(CaseResult result) {
        fail(result.name() + ": " + result.verdict().detail());
    }
}
