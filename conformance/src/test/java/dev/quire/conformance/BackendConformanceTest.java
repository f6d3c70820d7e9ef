package dev.quire.conformance;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.ReportFiles;
import dev.quire.conformance.run.MoodyProvider.Mood;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** What a vendor's build would see, test by test. */
class BackendConformanceTest {
    private static final String SCALE = "Scale/plain/width=33";
    private static final String CAP = "SoftCap/plain/width=33";

    @TempDir
    Path folder;

    @Test
    void aWrongResultFailsWithItsRuleAndTheCommandThatRepeatsIt() throws Exception {
        Map<String, Optional<Throwable>> outcomes =
                moody(Mood.WRONG, Optional.empty()).outcomes();
        assertEquals(List.of(SCALE, CAP, "verdict"), List.copyOf(outcomes.keySet()));
        AssertionFailedError failure = assertThrows(AssertionFailedError.class, () -> rethrow(outcomes.get(SCALE)));
        assertTrue(failure.getMessage().startsWith("FAIL (rule "), failure.getMessage());
        assertTrue(failure.getMessage().endsWith("--seed 4711 --only '%s'".formatted(SCALE)), failure.getMessage());
        assertDoesNotThrow(() -> rethrow(outcomes.get(CAP)));
        assertTrue(Files.exists(folder.resolve("reports").resolve(ReportFiles.HTML)));
    }

    @Test
    void aRefusalIsSkippedWithItsReason() throws Exception {
        Map<String, Optional<Throwable>> outcomes =
                moody(Mood.REFUSES, Optional.empty()).outcomes();
        TestAbortedException skip = assertThrows(TestAbortedException.class, () -> rethrow(outcomes.get(SCALE)));
        assertTrue(skip.getMessage().contains("no <scales> today"), skip.getMessage());
        assertDoesNotThrow(() -> rethrow(outcomes.get("verdict")));
    }

    @Test
    void aLevelThatIsNotReachedFails() throws Exception {
        Map<String, Optional<Throwable>> outcomes =
                moody(Mood.SOUND, Optional.of(Level.C1)).outcomes();
        AssertionFailedError failure = assertThrows(AssertionFailedError.class, () -> rethrow(outcomes.get("verdict")));
        assertTrue(failure.getMessage().contains("not certified: --only 'S*/plain"), failure.getMessage());
    }

    private MoodyConformance moody(Mood mood, Optional<Level> level) {
        return new MoodyConformance(mood, level, folder.resolve("reports"));
    }

    private static void rethrow(Optional<Throwable> thrown) throws Throwable {
        if (thrown.isPresent()) {
            throw thrown.get();
        }
    }
}
