package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code quire} in a checkout that is built, with a JVM that only says how it was started. */
class LauncherTest {
    private static final String JVM = """
            #!/usr/bin/env bash
            for arg in "$@"; do
              case $arg in -XX:AOTCacheOutput=*)
                echo rehearsed >> "$(dirname "$0")/rehearsals"
                [ ! -e "$(dirname "$0")/fails" ] || { echo half > "${arg#*=}"; echo no luck >&2; exit 1; }
                [ ! -e "$(dirname "$0")/hangs" ] || { echo half > "${arg#*=}"; exec sleep 600; }
                for part in 1 2 3 4; do echo "part $part" >> "${arg#*=}"; done
                exit 0 ;;
              esac
            done
            echo "$@"
            """;

    private static final String WHOLE = "part 1\npart 2\npart 3\npart 4\n";

    @TempDir
    Path root;

    private Path app;
    private Path jdk;

    @BeforeEach
    void checkout() throws IOException {
        app = Files.createDirectories(root.resolve("server/target/quire"));
        jdk = Files.createDirectories(root.resolve("jdk/bin")).getParent();
        Files.copy(Path.of("..", "quire"), root.resolve("quire"));
        script(root.resolve("quire"), Files.readString(root.resolve("quire")));
        script(jdk.resolve("bin/java"), JVM);
        script(Files.createDirectories(root.resolve("ci/jdk")).resolve("find"), "#!/bin/sh\necho " + jdk + "\n");
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25\"\n");
        Files.createFile(app.resolve("built"));
        Files.setLastModifiedTime(
                app.resolve("built"), FileTime.from(Instant.now().minusSeconds(60)));
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertTrue(file.toFile().setExecutable(true));
    }

    @Test
    void theFirstServerWritesAnArchiveThatEveryLaterStartReads() throws Exception {
        assertTrue(said(start("--version")).contains("-XX:SharedArchiveFile="), "nobody has served yet");
        String first = said(start("serve"));
        Path archive = archives().getFirst();
        assertTrue(first.contains("-XX:AOTCache=" + archive), first);
        assertEquals(WHOLE, Files.readString(archive));
        assertTrue(said(start("serve", "--port=1")).contains("-XX:AOTCache=" + archive));
        assertTrue(said(start("--version")).contains("-XX:AOTCache=" + archive));
        assertEquals(1, rehearsals());
    }

    @Test
    void anotherJvmAndAnotherBuildHaveArchivesOfTheirOwn() throws Exception {
        said(start("serve"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"26\"\n");
        said(start("serve"));
        assertEquals(2, archives().size());
        Files.setLastModifiedTime(
                app.resolve("built"), FileTime.from(Instant.now().plusSeconds(60)));
        said(start("serve"));
        assertEquals(3, rehearsals());
    }

    @Test
    void aRehearsalThatFailsIsNotTriedAgainAndCostsTheArchiveAlone() throws Exception {
        Files.createFile(jdk.resolve("bin/fails"));
        for (int i = 0; i < 2; i++) {
            String started = said(start("serve"));
            assertTrue(started.contains("-XX:SharedArchiveFile=") && started.endsWith("serve"), started);
            assertFalse(started.contains("-XX:AOTCache="), started);
        }
        assertEquals(1, rehearsals());
        assertEquals("no luck\n", Files.readString(Path.of(archives().getFirst() + ".log")));
    }

    @Test
    void aChangedExtensionIsWorthAnotherArchive() throws Exception {
        said(start("serve"));
        Path jar = Files.createFile(
                Files.createDirectories(root.resolve("extensions")).resolve("family.jar"));
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(60)));
        said(start("serve"));
        assertEquals(2, rehearsals());
    }

    @Test
    void aServerThatIsStoppedWhileItRehearsesEndsAtOnceAndLeavesNothing() throws Exception {
        Files.createFile(jdk.resolve("bin/hangs"));
        Process server = start("serve");
        while (archives().isEmpty()) {
            Thread.sleep(10);
        }
        server.destroy();
        assertTrue(server.waitFor(10, TimeUnit.MINUTES));
        assertEquals(143, server.exitValue());
        assertEquals(List.of(), files(".aot"));
    }

    @Test
    void serversThatStartTogetherLeaveOneWholeArchive() throws Exception {
        List<Process> together = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            together.add(start("serve"));
        }
        for (Process process : together) {
            String started = said(process);
            assertTrue(started.contains("-XX:AOTCache=") && started.endsWith("serve"), started);
        }
        assertEquals(WHOLE, Files.readString(archives().getFirst()));
        assertEquals(1, archives().size(), "none is left half");
    }

    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(root.resolve("quire").toString()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String said(Process process) throws IOException, InterruptedException {
        String out = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(10, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue(), out);
        return out.strip();
    }

    private List<Path> archives() throws IOException {
        return files(".aot").stream()
                .filter(file -> !file.toString().endsWith(".log"))
                .toList();
    }

    private List<Path> files(String part) throws IOException {
        try (Stream<Path> files = Files.list(app)) {
            return files.filter(file -> file.getFileName().toString().contains(part))
                    .toList();
        }
    }

    private long rehearsals() throws IOException {
        return Files.readAllLines(jdk.resolve("bin/rehearsals")).size();
    }
}
