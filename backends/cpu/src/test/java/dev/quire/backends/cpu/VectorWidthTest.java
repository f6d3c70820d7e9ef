package dev.quire.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.backends.cpu.attention.AttentionDigest;
import dev.quire.backends.cpu.linear.CanonicalDigest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorWidthTest {
    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64})
    void attentionHasTheSameBitsAtAnyVectorWidth(int bytes) throws IOException, InterruptedException {
        assertEquals("" + AttentionDigest.digest(), printed(AttentionDigest.class, bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64})
    void canonicalLinearsHaveTheSameBitsAtAnyVectorWidth(int bytes) throws IOException, InterruptedException {
        assertEquals("" + CanonicalDigest.digest(), printed(CanonicalDigest.class, bytes));
    }

    private static String printed(Class<?> main, int bytes) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-XX:MaxVectorSize=" + bytes,
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, child.waitFor());
        return printed.strip();
    }
}
