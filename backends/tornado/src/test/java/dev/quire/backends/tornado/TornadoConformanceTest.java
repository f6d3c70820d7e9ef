package dev.quire.backends.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.quire.api.Availability;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.run.ConformanceRun;
import dev.quire.conformance.run.RunOptions;
import dev.quire.conformance.waivers.NamePattern;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tornado")
class TornadoConformanceTest {
    @Test
    void theKitsQuickRunPassesOnTheFirstDevice() throws IOException, InterruptedException {
        run(RunOptions.of("tornado", Numerics.REPRODUCIBLE));
    }

    /** What devices run that take no OpenCL C. */
    @Test
    void kernelsInJavaGiveTheReferenceBits() throws IOException, InterruptedException {
        for (String cases :
                List.of("Activate/*", "Attend/*", "Embed/*", "LayerNorm/*", "Linear/BF16/*", "references/*")) {
            run(RunOptions.of("tornado-java", Numerics.REPRODUCIBLE).with(new NamePattern(cases)));
        }
    }

    private static void run(RunOptions options) throws IOException, InterruptedException {
        if (new TornadoProvider().availability() instanceof Availability.Unavailable(String reason, String fix)) {
            abort(reason + "; " + fix);
        }
        try (ConformanceRun run = new ConformanceRun(options.with(Depth.QUICK))) {
            for (ConformanceCase one : run.cases()) {
                CaseResult result = run.run(one);
                assertEquals(
                        Outcome.PASS,
                        result.outcome(),
                        () -> result.name() + ": " + result.verdict().detail());
            }
        }
    }
}
