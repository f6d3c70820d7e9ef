package dev.quire.backends.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.quire.api.Availability;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.BackendConformance;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.run.RunOptions;
import dev.quire.conformance.waivers.NamePattern;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attention by warp groups through the driver's stub: what a launch asks for of local memory, and which devices it is offered for. */
class WarpGroupsConformanceTest extends BackendConformance {
    @BeforeAll
    static void theStubIsThere(@TempDir Path cache) {
        Stub.assume();
        Stub.compileAll(cache); // the processes that run cases have little patience
    }

    @Override
    protected RunOptions options() {
        return RunOptions.of(WarpGroupsProvider.NAME, Numerics.FAST)
                .with(new NamePattern("Attend/*/*BF16/*size=128*"))
                .with(Depth.QUICK);
    }

    @Override
    protected void refused(CaseResult result) {
        fail(result.name() + ": " + result.verdict().detail());
    }

    @Test
    void onlyOneGenerationIsOffered() {
        Stub.set("CAPABILITY", 89);
        try {
            WarpGroupsProvider provider = new WarpGroupsProvider();
            assertEquals(List.of(), provider.devices());
            assertEquals(
                    new Availability.Unavailable(
                            "no GPU here has compute capability 9.0, whose warp groups it is written for",
                            "pass --backend cuda"),
                    provider.availability());
        } finally {
            Stub.set("CAPABILITY", 90);
        }
    }
}
