package dev.quire.core.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class HubSourceTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final byte[] WEIGHTS = SourceFixture.bytes(500_000, 3);
    private static final String REPOSITORY = "models--org--name";

    @TempDir
    Path folder;

    private WebServer server;
    private WebServer content;

    @BeforeEach
    void serve() throws IOException {
        server = new WebServer();
        content = new WebServer();
    }

    @AfterEach
    void close() {
        server.close();
        content.close();
    }

    @Test
    void fetchesWhatAModelNeedsAndNothingElse() throws IOException {
        publish(Map.of(
                "config.json", text("{}"),
                "tokenizer.json", text("{\"a\":1}"),
                "README.md", text("hello"),
                "pytorch_model.bin", WEIGHTS,
                "pytorch_model.bin.index.json", text("{}"),
                "onnx/model.onnx", WEIGHTS,
                "model.safetensors", WEIGHTS));
        Path model = source(SourceFixture.patient()).resolve("org/name").path();
        try (var files = Files.list(model)) {
            assertEquals(
                    List.of("config.json", "model.safetensors", "tokenizer.json"),
                    files.map(f -> f.getFileName().toString()).sorted().toList());
        }
        assertArrayEquals(WEIGHTS, Files.readAllBytes(model.resolve("model.safetensors")));
    }

    @Test
    void keepsTheLayoutThatOtherToolsKnow() throws IOException {
        publish(checkpoint());
        source(SourceFixture.patient()).resolve("org/name");
        Path repository = folder.resolve("hub").resolve(REPOSITORY);
        assertEquals(COMMIT, Files.readString(repository.resolve("refs/main")));
        Path link = repository.resolve("snapshots").resolve(COMMIT).resolve("model.safetensors");
        assertEquals(Path.of("../../blobs", SourceFixture.sha256(WEIGHTS)), Files.readSymbolicLink(link));
        assertTrue(Files.exists(repository.resolve("blobs").resolve(SourceFixture.gitBlob(text("{}")))));
    }

    @Test
    void aModelOnDiskIsUsedWithoutAskingAnyone() throws IOException {
        publish(checkpoint());
        ModelFiles first = source(SourceFixture.patient()).resolve("org/name");
        int before = server.asked.size();
        assertEquals(first, source(SourceFixture.patient()).resolve("org/name"));
        assertEquals(first, source(SourceFixture.offline()).resolve("org/name"));
        assertEquals(first, source(SourceFixture.offline()).resolve("org/name@" + COMMIT));
        assertEquals(before, server.asked.size());
    }

    @Test
    void pullingAsksAgainButFetchesOnlyWhatChanged() throws IOException {
        publish(checkpoint());
        source(SourceFixture.patient()).resolve("org/name");
        long before = content.asked.size();
        Map<String, byte[]> newer = checkpoint();
        newer.put("config.json", text("{\"new\":true}"));
        publish(newer, "fedcba9876543210fedcba9876543210fedcba98");
        Path model = source(SourceFixture.patient()).pull("org/name").path();
        assertEquals("{\"new\":true}", Files.readString(model.resolve("config.json")));
        assertEquals(before, content.asked.size());
    }

    @Test
    void anInterruptedModelGoesOnWhereItStopped() throws IOException {
        publish(checkpoint());
        content.fail(WebServer.Fault.HANG_UP_MIDWAY, 1);
        assertThrows(
                ModelSourceException.class, () -> source(SourceFixture.once()).resolve("org/name"));
        Path model = source(SourceFixture.patient()).resolve("org/name").path();
        assertTrue(content.asked.getLast().range().isPresent());
        assertArrayEquals(WEIGHTS, Files.readAllBytes(model.resolve("model.safetensors")));
    }

    @Test
    void shardsComeWithTheirIndex() throws IOException {
        publish(Map.of(
                "config.json", text("{}"),
                "tokenizer.json", text("{}"),
                "model.safetensors.index.json",
                        text(
                                "{\"weight_map\":{\"a\":\"model-00001-of-00002.safetensors\",\"b\":\"model-00002-of-00002.safetensors\"}}"),
                "model-00001-of-00002.safetensors", WEIGHTS,
                "model-00002-of-00002.safetensors", WEIGHTS));
        Path model = source(SourceFixture.patient()).resolve("org/name").path();
        assertTrue(Files.exists(model.resolve("model-00002-of-00002.safetensors")));
        assertEquals(1, content.asked.size(), "equal shards are fetched once");
        Files.delete(model.resolve("model-00002-of-00002.safetensors"));
        assertThrows(
                ModelSourceException.class,
                () -> source(SourceFixture.offline()).resolve("org/name"));
    }

    @Test
    void oneGgufFileIsTheModelAndOfSeveralOneMustBeNamed() throws IOException {
        publish(Map.of("a.gguf", WEIGHTS, "sub/b.gguf", WEIGHTS));
        ModelSource source = source(SourceFixture.patient());
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> source.resolve("org/name"));
        assertTrue(e.getMessage().contains("2 GGUF files; choose one, as in org/name:"), e.getMessage());
        ModelFiles file = source.resolve("org/name:sub/b.gguf");
        assertInstanceOf(ModelFiles.GgufFile.class, file);
        assertArrayEquals(WEIGHTS, Files.readAllBytes(file.path()));
        assertThrows(ModelSourceException.class, () -> source.resolve("org/name:c.gguf"));
        assertEquals(
                List.of("org/name"),
                source.cached().stream().map(CachedModel::reference).toList());
    }

    @Test
    void aRepositoryWithoutReadableWeightsIsRefused() {
        publish(Map.of("config.json", text("{}"), "pytorch_model.bin", WEIGHTS));
        ModelSourceException e = assertThrows(
                ModelSourceException.class,
                () -> source(SourceFixture.patient()).resolve("org/name"));
        assertTrue(e.getMessage().contains("Quire reads no other format"), e.getMessage());
        assertTrue(e.getMessage().contains("pytorch_model.bin"), e.getMessage());
    }

    @Test
    void namesThatReachElsewhereAreIgnored() throws IOException {
        Map<String, byte[]> files = checkpoint();
        files.put("../evil.json", text("evil"));
        files.put("additional_chat_templates/../../../evil.jinja", text("evil"));
        publish(files);
        source(SourceFixture.patient()).resolve("org/name");
        try (var all = Files.walk(folder)) {
            assertFalse(all.anyMatch(f -> f.toString().contains("evil")));
        }
    }

    @Test
    void theTokenGoesToTheHubAlone() {
        publish(checkpoint());
        SourceOptions plain = SourceFixture.options(server.address(), folder, SourceFixture.patient());
        SourceOptions.Hub hub =
                new SourceOptions.Hub(server.address(), Optional.of("hf_secret"), folder.resolve("hub"));
        new ModelSource(
                        new SourceOptions(hub, plain.packages(), plain.bundled(), plain.network()),
                        DownloadProgress.silent())
                .resolve("org/name");
        assertTrue(server.asked.stream().allMatch(a -> a.authorization().equals(Optional.of("Bearer hf_secret"))));
        assertTrue(content.asked.stream().allMatch(a -> a.authorization().isEmpty()));
        assertFalse(hub.toString().contains("hf_secret"));
    }

    @Test
    void aGatedModelSaysWhatToDo() {
        server.put("/api/models/org/name/revision/main", 401, Map.of(), new byte[0]);
        ModelSourceException e = assertThrows(
                ModelSourceException.class,
                () -> source(SourceFixture.patient()).resolve("org/name"));
        assertTrue(e.getMessage().contains("Set HF_TOKEN"), e.getMessage());
    }

    @Test
    void withDownloadsOffAMissingModelSaysSo() {
        ModelSourceException e = assertThrows(
                ModelSourceException.class,
                () -> source(SourceFixture.offline()).resolve("org/name"));
        assertTrue(e.getMessage().contains("downloads are off"), e.getMessage());
        assertEquals(0, server.asked.size());
    }

    @Test
    void whatIsOnDiskIsListedWithItsSize() {
        publish(checkpoint());
        ModelSource source = source(SourceFixture.patient());
        assertEquals(List.of(), source.cached());
        source.resolve("org/name");
        CachedModel model = source.cached().getFirst();
        assertEquals("org/name", model.reference());
        assertEquals(WEIGHTS.length + 4, model.bytes());
    }

    private ModelSource source(SourceOptions.Network network) {
        return new ModelSource(
                SourceFixture.options(server.address(), folder, network),
                DownloadProgress.silent(),
                SourceFixture.noBundledModels());
    }

    private static Map<String, byte[]> checkpoint() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("config.json", text("{}"));
        files.put("tokenizer.json", text("{}"));
        files.put("model.safetensors", WEIGHTS);
        return files;
    }

    private void publish(Map<String, byte[]> files) {
        publish(files, COMMIT);
    }

    /** Serves files as the hub does: small ones itself, large ones by a redirect to where contents are kept. */
    private void publish(Map<String, byte[]> files, String commit) {
        String siblings =
                files.keySet().stream().map("{\"rfilename\":\"%s\"}"::formatted).collect(Collectors.joining(","));
        byte[] info = text("{\"sha\":\"%s\",\"siblings\":[%s]}".formatted(commit, siblings));
        server.put("/api/models/org/name/revision/main", info);
        files.forEach((name, body) -> {
            String path = "/org/name/resolve/" + commit + "/" + name;
            if (body.length < 1000) {
                server.put(path, 200, Map.of("ETag", "\"" + SourceFixture.gitBlob(body) + "\""), body);
            } else {
                String sha = SourceFixture.sha256(body);
                content.put("/" + sha, body);
                Map<String, String> headers = Map.of(
                        "Location", content.address() + "/" + sha,
                        "X-Linked-Etag", "\"" + sha + "\"",
                        "X-Linked-Size", String.valueOf(body.length));
                server.put(path, 302, headers, new byte[0]);
            }
        });
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
