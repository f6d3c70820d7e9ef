package dev.quire.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.conformance.ConformanceMain;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuConformanceTest {
    @TempDir
    Path folder;

    @Test
    void everyOpIsWithinItsBoundOfTheOracle() throws Exception { // N1, M4, M5, A1 to A5, S1 to S9
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String[] args = {"--backend", "cpu", "--out", folder.toString()};
        assertEquals(0, ConformanceMain.run(args, new PrintStream(out)), out.toString());
        assertTrue(Files.readString(folder.resolve("report.json")).contains("\"passed\": true"));
    }
}
