package dev.quire.backends.cuda;

import static org.junit.jupiter.api.Assertions.fail;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.BackendConformance;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.run.RunOptions;
import dev.quire.conformance.waivers.NamePattern;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The kit's cases of linear layers of floats, in FAST, where the stub's cuBLASLt multiplies many rows of BF16 and F32 and refuses what does not fit together. */
class CudaLinearConformanceTest extends BackendConformance {
    @BeforeAll
    static void theStubIsThere(@TempDir Path cache) {
        Stub.assume();
        Stub.compileAll(cache); // the processes that run cases have little patience
    }

    @Override
    protected RunOptions options() {
        return RunOptions.of("cuda", Numerics.FAST)
                .with(new NamePattern("Linear/*F*"))
                .with(Depth.QUICK);
    }

    @Override
    protected void refused(CaseResult result) {
        fail(result.name() + ": " + result.verdict().detail());
    }
}
