package dev.quire.core.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassPathModelsTest {
    private static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] WEIGHTS = SourceFixture.bytes(200_000, 7);
    private static final String FOLDER = "META-INF/quire/models/";

    @TempDir
    Path folder;

    @Test
    void aModelInAJarIsUnpackedOnceAndUsedAgain() throws IOException {
        URL jar = jar("a", index("small", WEIGHTS), WEIGHTS);
        Path model = resolve("small", jar);
        assertArrayEquals(WEIGHTS, Files.readAllBytes(model.resolve("model.safetensors")));
        assertArrayEquals(CONFIG, Files.readAllBytes(model.resolve("config.json")));

        FileTime longAgo = FileTime.from(Instant.EPOCH);
        Files.setLastModifiedTime(model.resolve("model.safetensors"), longAgo);
        assertEquals(model, resolve("small", jar));
        assertEquals(longAgo, Files.getLastModifiedTime(model.resolve("model.safetensors")));
    }

    @Test
    void aDamagedFileInTheCacheIsReplaced() throws IOException {
        URL jar = jar("a", index("small", WEIGHTS), WEIGHTS);
        Path weights = resolve("small", jar).resolve("model.safetensors");
        byte[] damaged = WEIGHTS.clone();
        damaged[100_000] ^= 1;
        for (byte[] wrong : List.of(damaged, new byte[0])) {
            Files.write(weights, wrong);
            resolve("small", jar);
            assertArrayEquals(WEIGHTS, Files.readAllBytes(weights));
        }
        Files.delete(weights);
        resolve("small", jar);
        assertArrayEquals(WEIGHTS, Files.readAllBytes(weights));
    }

    @Test
    void aJarThatIsNotWhatItsIndexSaysIsRefusedAndLeavesNothing() throws IOException {
        byte[] longer = SourceFixture.bytes(400_000, 7);
        byte[] other = SourceFixture.bytes(WEIGHTS.length, 8);
        for (byte[] wrong : List.of(longer, other, new byte[0])) {
            URL jar = jar("wrong" + wrong.length, index("small", WEIGHTS), wrong);
            ModelSourceException e = assertThrows(ModelSourceException.class, () -> resolve("small", jar));
            assertTrue(e.getMessage().contains("model.safetensors is not what the index says"), e.getMessage());
        }
        try (Stream<Path> files = Files.walk(folder.resolve("bundled"))) {
            assertTrue(files.noneMatch(file -> file.getFileName().toString().startsWith("model.safetensors")));
        }
    }

    @Test
    void anotherVersionGetsAFolderOfItsOwn() throws IOException {
        byte[] other = SourceFixture.bytes(1000, 8);
        Path one = resolve("small", jar("a", index("small", WEIGHTS), WEIGHTS));
        Path two = resolve("small", jar("b", index("small", other), other));
        assertFalse(one.equals(two));
        assertArrayEquals(WEIGHTS, Files.readAllBytes(one.resolve("model.safetensors")));
    }

    @Test
    void twoJarsMayCarryTheSameModelButNotTwoOfOneName() throws IOException {
        byte[] other = SourceFixture.bytes(1000, 8);
        URL a = jar("a", index("small", WEIGHTS), WEIGHTS);
        URL same = jar("same", index("small", WEIGHTS), WEIGHTS);
        URL different = jar("b", index("small", other), other);
        resolve("small", a, same);
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> resolve("small", a, different));
        assertTrue(e.getMessage().contains("two jars carry different models called small"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"models\":[{\"name\":\"../up\",\"files\":[]}]}",
                "{\"models\":[{\"name\":\"small\",\"files\":[]}]}",
                "{\"models\":[{\"name\":\"small\",\"files\":[{\"name\":\"../../x\",\"bytes\":1,\"sha256\":\"\"}]}]}",
                "{\"models\":[{\"name\":\"small\",\"files\":[{\"name\":\"x\",\"bytes\":-1,\"sha256\":\"\"}]}]}",
                "{\"models\":[{\"name\":\"small\",\"files\":[{\"name\":\"x\",\"bytes\":1,\"sha256\":\"12\"}]}]}",
                "{\"models\":["
            })
    void anIndexThatMakesNoSenseIsRefused(String index) throws IOException {
        URL jar = jar("a", index, WEIGHTS);
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> resolve("small", jar));
        assertTrue(e.getMessage().startsWith("The models on the class path cannot be listed"), e.getMessage());
    }

    @Test
    void modelsOfTheClassPathAreListedAndNamedAmongTheChoices() throws IOException {
        URL jar = jar("a", index("small", WEIGHTS), WEIGHTS);
        try (URLClassLoader classes = new URLClassLoader(new URL[] {jar}, null)) {
            CachedModel listed = source(classes).cached().getFirst();
            assertEquals("small", listed.reference());
            assertEquals(WEIGHTS.length + CONFIG.length, listed.bytes());
            assertEquals(listed.path(), source(classes).resolve("small").path());
        }
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> resolve("large", jar));
        assertTrue(e.getMessage().contains("[gemma3, small, smollm2]"), e.getMessage());
    }

    private Path resolve(String name, URL... jars) throws IOException {
        try (URLClassLoader classes = new URLClassLoader(jars, null)) {
            return source(classes).resolve(name).path();
        }
    }

    private ModelSource source(ClassLoader classes) {
        SourceOptions options =
                SourceFixture.options(URI.create("http://127.0.0.1:9"), folder, SourceFixture.offline());
        return new ModelSource(options, DownloadProgress.silent(), classes);
    }

    private static String index(String name, byte[] weights) {
        return "{\"models\":[{\"name\":\"%s\",\"files\":[%s,%s]}]}"
                .formatted(name, entry("config.json", CONFIG), entry("model.safetensors", weights));
    }

    private static String entry(String name, byte[] bytes) {
        return "{\"name\":\"%s\",\"bytes\":%d,\"sha256\":\"%s\"}"
                .formatted(name, bytes.length, SourceFixture.sha256(bytes));
    }

    private URL jar(String name, String index, byte[] weights) throws IOException {
        Path file = folder.resolve(name + ".jar");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
            put(jar, FOLDER + "index.json", index.getBytes(StandardCharsets.UTF_8));
            put(jar, FOLDER + "small/config.json", CONFIG);
            put(jar, FOLDER + "small/model.safetensors", weights);
        }
        return file.toUri().toURL();
    }

    private static void put(JarOutputStream jar, String name, byte[] bytes) throws IOException {
        jar.putNextEntry(new ZipEntry(name));
        jar.write(bytes);
        jar.closeEntry();
    }
}
