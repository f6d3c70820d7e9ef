package dev.quire.backends.cuda;

import static org.junit.jupiter.api.Assertions.fail;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.BackendConformance;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.run.RunOptions;
import org.junit.jupiter.api.BeforeAll;

/** The kit's quick run over the stub, which runs the CUDA sources on the processor: no case is refused. */
class CudaConformanceTest extends BackendConformance {
    @BeforeAll
    static void theStubIsThere() {
        Stub.assume();
    }

    @Override
    protected RunOptions options() {
        return RunOptions.of("cuda", Numerics.REPRODUCIBLE).with(Depth.QUICK);
    }

    @Override
    protected void refused(CaseResult result) {
        fail(result.name() + ": " + result.verdict().detail());
    }
}
