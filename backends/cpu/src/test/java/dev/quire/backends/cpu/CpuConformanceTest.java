package dev.quire.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.report.ConformanceReport;
import dev.quire.conformance.run.ConformanceRun;
import dev.quire.conformance.run.RunOptions;
import org.junit.jupiter.api.Test;

class CpuConformanceTest {
    @Test
    void everyCasePasses() throws Exception { // N1, M4, M5, A1 to A5, S1 to S9
        ConformanceReport report = ConformanceRun.run(RunOptions.of("cpu", Numerics.FAST), each -> {});
        assertTrue(report.passed(), report.table());
    }
}
