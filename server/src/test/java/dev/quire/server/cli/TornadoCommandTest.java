package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./quire backends --backend tornado} prints in the states that need no SDK; docs/backends.md has the same lines. */
class TornadoCommandTest {
    @TempDir
    Path folder;

    @Test
    void aJvmWithoutAnSdkSaysWhatIsMissingAndHowToGetIt() throws IOException, InterruptedException {
        String out = backends("");
        assertTrue(
                Stream.of(
                                "tornado: unavailable: this build of Quire has no TornadoVM",
                                "tornado: unavailable: this JVM runs without TornadoVM",
                                "tornado: unavailable: TornadoVM's API is here without an SDK") // built with one
                        .anyMatch(out::contains),
                out);
        assertTrue(out.lines().skip(1).anyMatch(fix -> fix.contains("TORNADOVM_HOME")), out);
    }

    @Test
    void anSdkOfAnotherVersionIsNamed() throws IOException, InterruptedException {
        String out = backends("-Dquire.tornado.found=4.0.0-jdk21");
        assertTrue(
                out.contains(
                        "tornado: unavailable: TORNADOVM_HOME names TornadoVM 4.0.0-jdk21; Quire needs 5.2 for JDK 25"),
                out);
    }

    /** An empty class of the API's name takes the API's place. */
    @Test
    void theApiWithoutAnSdkIsNamed() throws IOException, InterruptedException {
        Path source = folder.resolve("TaskGraph.java");
        Files.writeString(source, "package uk.ac.manchester.tornado.api; public class TaskGraph {}");
        assertEquals(
                0,
                ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", folder.toString(), source.toString()));
        String out = backends("-Xbootclasspath/a:" + folder);
        assertTrue(out.contains("tornado: unavailable: TornadoVM's API is here without an SDK that runs it"), out);
    }

    @Test
    void servingWithoutAnSdkEndsWithTheReason() throws IOException, InterruptedException {
        CommandRun ran = CommandRun.apart(Map.of(), CommandRun.oneToken("tornado"));
        assertNotEquals(0, ran.status());
        assertTrue(ran.err().contains("No backend 'tornado' on this machine: "), ran.err());
    }

    private static String backends(String flags) throws IOException, InterruptedException {
        CommandRun ran =
                CommandRun.apart(Map.of("JAVA_TOOL_OPTIONS", flags), List.of("backends", "--backend", "tornado"));
        assertEquals(0, ran.status(), ran.err());
        return ran.out();
    }
}
