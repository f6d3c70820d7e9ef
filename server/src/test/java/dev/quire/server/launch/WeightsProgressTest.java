package dev.quire.server.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of weights while they are loaded. */
class WeightsProgressTest {
    private static final long SECOND = 1_000_000_000;
    private static final long GB = 1_000_000_000;

    private final StringWriter said = new StringWriter();
    private long now = 17;
    private final LoadReport report = new LoadReport(new PrintWriter(said), () -> now);

    @Test
    void aLongLoadSaysHowFarItIsAndHowFastItWas() {
        for (int i = 1; i <= 16; i++) {
            report.weightsLoaded(i * GB, 16 * GB);
            now += i < 16 ? SECOND : 0;
        }
        assertEquals(
                List.of("Weights: 37% of 16.0 GB", "Weights: 68% of 16.0 GB", "Weights: 16.0 GB in 15.0 s, 1.0 GB/s"),
                said.toString().lines().toList());
    }

    @Test
    void aQuickLoadOfAFewWeightsSaysNothingAndOneOfManyItsSpeed() {
        report.weightsLoaded(1, 2);
        now += SECOND / 2;
        report.weightsLoaded(2, 2);
        assertEquals("", said.toString());
        report.weightsLoaded(1, 10 * GB); // another model's
        now += SECOND / 5;
        report.weightsLoaded(9 * GB, 10 * GB);
        now += SECOND / 10;
        report.weightsLoaded(10 * GB, 10 * GB);
        assertEquals(
                List.of("Weights: 10.0 GB in 0.3 s, 30.0 GB/s"),
                said.toString().lines().toList());
    }
}
