package dev.quire.server.bench.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.core.llm.Backends;
import dev.quire.server.bench.limits.Limits.Products;
import dev.quire.server.bench.measure.Effort;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsTest {
    @TempDir
    Path folder;

    @Test
    void theRooflineIsTheLargerOfMemoryAndArithmetic() {
        Limits limits = new Limits(10e9, 400e9, 100e9);
        assertEquals(2.0, limits.seconds(20e9, 40e9, Products.BF16));
        assertEquals(3.0, limits.seconds(20e9, 1200e9, Products.BF16));
        assertEquals(12.0, limits.seconds(20e9, 1200e9, Products.F32));
    }

    @Test
    void whatIsNotKnownMakesNoRoofline() {
        assertTrue(Double.isNaN(Limits.UNKNOWN.seconds(1, 1, Products.BF16)));
        Limits withoutFloats = new Limits(1, 2, Double.NaN);
        assertEquals(4.0, withoutFloats.seconds(1, 8, Products.F32), "bf16's peak stands in");
    }

    @Test
    void limitsOfTwoMomentsHaveAMean() {
        Limits mean = new Limits(10e9, 400e9, Double.NaN).mean(new Limits(20e9, 800e9, Double.NaN));
        assertEquals(new Limits(15e9, 600e9, Double.NaN), mean);
    }

    @Test
    void aSmallProbeFindsAllThreeLimitsOfTheCpu() {
        var cpu = Backends.onClassPath().choose("cpu");
        BackendOptions options = new BackendOptions(1, folder, notice -> {}, Map.of());
        try (AttentionBackend backend = cpu.open(cpu.devices().getFirst(), options)) {
            Limits limits = new Probes(1 << 20, 256, 16, 256).measure(backend, 1, Effort.seconds(0));
            assertTrue(limits.bytesPerSecond() > 0 && limits.bf16PerSecond() > 0 && limits.f32PerSecond() > 0);
        }
    }
}
