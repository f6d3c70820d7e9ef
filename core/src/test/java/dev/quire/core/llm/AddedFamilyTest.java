package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.core.model.ModelConfigException;
import dev.quire.core.model.checkpoint.ModelCheckpoint;
import dev.quire.core.testing.Family;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The family that docs/add-a-model.md adds, compiled from the page, packed into a jar of its own and served. */
class AddedFamilyTest {
    private static final Path PAGE = Path.of("..", "docs", "add-a-model.md");
    private static final String SERVICE = "META-INF/services/dev.quire.core.model.architecture.Architecture";

    @TempDir
    Path temporary;

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private final Family olmo2 = Family.added("olmo2");

    @BeforeEach
    void createFolder() throws IOException {
        Files.createDirectory(temporary.resolve("model"));
    }

    @AfterEach
    void restoreClassLoader() {
        Thread.currentThread().setContextClassLoader(before);
    }

    @Test
    void withoutTheJarTheFamilyIsUnknownAndThePageIsNamed() {
        String message = assertThrows(ModelConfigException.class, () -> ModelCheckpoint.ofFolder(olmo2.folder()))
                .getMessage();
        assertTrue(message.contains("[Olmo2ForCausalLM] is not known"), message);
        assertTrue(message.contains("Qwen3ForCausalLM") && message.contains("docs/add-a-model.md"), message);
    }

    @Test
    void withTheJarItSaysWhatTransformersSays() throws IOException {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar().toUri().toURL()}, before);
                OracleBackend oracle = new OracleBackend()) {
            Thread.currentThread().setContextClassLoader(loader);
            FamiliesTest.assertLogits(olmo2, oracle, FamiliesTest.EXACT);
            FamiliesTest.assertGreedy(olmo2, temporary.resolve("model"));
        }
    }

    private Path jar() throws IOException {
        String page = Files.readString(PAGE);
        Path classes = compile(block(page, "```java\n(.*?)```"));
        Path jar = temporary.resolve("olmo.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            out.putNextEntry(new JarEntry(SERVICE));
            out.write(block(page, SERVICE + "`:\n\n {4}(\\S+)").getBytes(StandardCharsets.UTF_8));
            try (var files = Files.walk(classes)) {
                for (Path compiled : files.filter(Files::isRegularFile).toList()) {
                    out.putNextEntry(
                            new JarEntry(classes.relativize(compiled).toString().replace('\\', '/')));
                    Files.copy(compiled, out);
                }
            }
        }
        return jar;
    }

    private static String block(String page, String pattern) {
        Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(page);
        assertTrue(matcher.find(), "the page has no " + pattern);
        return matcher.group(1);
    }

    private Path compile(String source) throws IOException {
        Path file = Files.writeString(temporary.resolve("Olmo2.java"), source);
        Path classes = Files.createDirectory(temporary.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        List<String> options = List.of(
                "-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-Xlint:all", "-Werror");
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            boolean compiled = compiler.getTask(said, files, null, options, null, files.getJavaFileObjects(file))
                    .call();
            assertEquals("", said.toString());
            assertTrue(compiled);
        }
        return classes;
    }
}
