package dev.quire.backends.cuda;

import static org.junit.jupiter.api.Assertions.fail;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.BackendConformance;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.run.RunOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the kit asks of a cache's and attention's ops, over the stub, which runs the CUDA sources on the processor: no case is refused. The
 * sources themselves pass the whole kit, with its models, in {@code kernels}.
 */
class CudaConformanceTest extends BackendConformance {
    @BeforeAll
    static void theStubIsThere(@TempDir Path cache) {
        Stub.assume();
        Stub.compileAll(cache); // the processes that run cases have little patience
    }

    @Override
    protected RunOptions options() {
        return RunOptions.of("cuda", Numerics.REPRODUCIBLE)
                .with(Profile.ATTENTION)
                .with(Level.C1)
                .with(Depth.QUICK);
    }

    @Override
    protected void refused(CaseResult result) {
        fail(result.name() + ": " + result.verdict().detail());
    }
}
