package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.fail;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.BackendConformance;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.run.RunOptions;
import dev.quire.conformance.waivers.NamePattern;
import org.junit.jupiter.api.BeforeAll;

/** The kit's attention over caches of F16, F32 and F8_E4M3, which belong to FAST, by the portable kernels. */
class HostCachesConformanceTest extends BackendConformance {
    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    @Override
    protected RunOptions options() {
        return RunOptions.of(HostProvider.NAME, Numerics.FAST)
                .with(Depth.QUICK)
                .with(new NamePattern("*/F*/heads=6/kv=2/size=64*"));
    }

    @Override
    protected void refused(CaseResult result) {
        fail(result.name() + ": " + result.verdict().detail());
    }
}
