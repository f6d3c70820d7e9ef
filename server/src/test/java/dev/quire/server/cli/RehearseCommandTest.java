package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearseCommandTest {
    private static final Path MODEL = Path.of("..", "core", "src", "test", "resources", "models", "tiny-llama");

    @Test
    void aRehearsalServesACompletionAndAMessageAndEnds() {
        CommandRun ran = CommandRun.of("rehearse", MODEL.toString());
        assertEquals(0, ran.status(), ran.err());
        assertTrue(ran.out().contains("status 200"), ran.out());
    }

    @Test
    void itIsNoCommandForUsers() {
        assertTrue(CommandRun.of("--help").out().lines().noneMatch(line -> line.contains("rehearse")));
    }

    @Test
    void aDamagedArchiveCostsTheSpeedAlone(@TempDir Path folder) throws Exception {
        Path empty = Files.createFile(folder.resolve("empty.aot"));
        Path foreign = Files.write(folder.resolve("foreign.aot"), new byte[1 << 20]);
        for (Path archive : List.of(empty, foreign, folder.resolve("missing.aot"))) {
            String flags = "-XX:AOTCache=%s -Xlog:aot=off -Xlog:cds=off".formatted(archive);
            CommandRun ran = CommandRun.apart(Map.of("JDK_JAVA_OPTIONS", flags), List.of("--version"));
            assertEquals(0, ran.status(), ran.err());
            assertTrue(ran.out().startsWith("quire "), ran.out());
        }
    }
}
