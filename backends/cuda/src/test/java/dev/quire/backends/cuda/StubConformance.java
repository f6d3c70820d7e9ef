package dev.quire.backends.cuda;

import static org.junit.jupiter.api.Assertions.fail;

import dev.quire.conformance.BackendConformance;
import dev.quire.conformance.report.CaseResult;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Cases of the kit over the stub of the driver, which runs the CUDA sources on the processor: none is refused. */
abstract class StubConformance extends BackendConformance {
    @BeforeAll
    static void theStubIsThere(@TempDir Path cache) {
        Stub.assume();
        Stub.compileAll(cache); // the processes that run cases have little patience
    }

    @Override
    protected void refused(CaseResult result) {
        fail(result.name() + ": " + result.verdict().detail());
    }
}
