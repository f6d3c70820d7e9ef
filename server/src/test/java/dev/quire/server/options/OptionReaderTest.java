package dev.quire.server.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.Numerics;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionReaderTest {
    private static final Map<String, List<String>> MODEL = Map.of("model", List.of("/models/tiny"));

    private static QuireOptions yaml(String text) {
        return new OptionReader().flags(MODEL).yaml(text, "quire.yaml").read();
    }

    private static String problem(OptionReader reader) {
        return assertThrows(OptionException.class, reader::read).getMessage();
    }

    @Test
    void defaultsAreThoseOfVllm() {
        QuireOptions options = new OptionReader().flags(MODEL).read();
        assertEquals("/models/tiny", options.model().model());
        assertEquals(List.of("/models/tiny"), options.model().servedNames());
        assertEquals(8000, options.http().port());
        assertEquals(128, options.scheduler().maxNumSeqs());
        assertEquals(2048, options.scheduler().maxNumBatchedTokens());
        assertEquals(16, options.cache().blockSize());
        assertTrue(options.cache().prefixCaching());
        assertEquals(0.92, options.cache().memoryUtilization());
        assertEquals(4 << 20, options.http().limits().bodyBytes());
        assertEquals(256, options.http().limits().headerCount());
        assertEquals(20, options.model().maxLogprobs());
        assertEquals("assistant", options.model().responseRole());
        assertTrue(options.http().apiKeys().isEmpty());
        assertEquals(Numerics.FAST, options.device().numerics());
        assertEquals(Optional.empty(), options.device().backend());
    }

    @Test
    void flagsWinOverEnvironmentAndEnvironmentOverFile() {
        QuireOptions options = new OptionReader()
                .flags(Map.of("model", List.of("a"), "port", List.of("1")))
                .environment(Map.of("QUIRE_PORT", "2", "QUIRE_BLOCK_SIZE", "32", "PATH", "/bin"))
                .yaml("port: 3\nblock-size: 8\nmax-num-seqs: 7", "quire.yaml")
                .read();
        assertEquals(1, options.http().port());
        assertEquals(32, options.cache().blockSize());
        assertEquals(7, options.scheduler().maxNumSeqs());
    }

    @Test
    void aFileTakesListsSwitchesUnitsAndUnderscores() {
        QuireOptions options = yaml("""
            served-model-name: [chat, tiny]
            enable_prefix_caching: false
            kv-cache-memory-bytes: 1.5GiB
            kv-cache-dtype: fp8_e4m3
            max-model-len: 4k
            numerics: reproducible
            shutdown-timeout: 2.5
            api-key: one,two
            """);
        assertEquals(List.of("chat", "tiny"), options.model().servedNames());
        assertFalse(options.cache().prefixCaching());
        assertEquals(OptionalLong.of(3L << 29), options.cache().kvCacheMemoryBytes());
        assertEquals(CacheOptions.CacheDType.FP8_E4M3, options.cache().dtype());
        assertEquals(OptionalInt.of(4000), options.model().maxModelLen());
        assertEquals(Numerics.REPRODUCIBLE, options.device().numerics());
        assertEquals(Duration.ofMillis(2500), options.http().shutdownTimeout());
        assertEquals(List.of("one", "two"), options.http().apiKeys());
    }

    @Test
    void aVerticleIsConfiguredWithJson() {
        QuireOptions options = QuireOptions.from(new JsonObject()
                .put("model", "tiny")
                .put("port", 0)
                .put("allowed-origins", JsonArray.of("https://a.example")));
        assertEquals(0, options.http().port());
        assertEquals(List.of("https://a.example"), options.http().cors().origins());
    }

    @Test
    void variablesOfTheHuggingFaceToolsAreHonoured() {
        QuireOptions options = new OptionReader()
                .flags(MODEL)
                .environment(Map.of("HF_TOKEN", "secret", "HF_HOME", "/cache", "QUIRE_HF_HOME", "/ours"))
                .read();
        assertEquals(Optional.of("secret"), options.model().hub().token());
        assertEquals(Optional.of(Path.of("/ours")), options.model().hub().home());
        assertFalse(options.toString().contains("secret"), "the token must not reach logs");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max-num-seq: 4        | Did you mean max-num-seqs?",
                "max_modle_len: 4      | Did you mean max-model-len?",
                "colour: red           | Options: model, served-model-name",
                "port: http            | port is 'http' (from quire.yaml); give an integer.",
                "port: 70000           | give a port from 0 to 65535",
                "block-size: 0         | give 1 to 256",
                "numerics: exact       | give one of fast, reproducible",
                "{dtype: float32, numerics: reproducible} | float32 products are not exact",
                "max-model-len: 4q     | give a unit among k, M, G",
                "max-model-len: 1.0005k | give a whole number",
                "max-model-len: 9G     | give at most 2147483647",
                "shutdown-timeout: -1  | give a number of seconds, 0 or more",
                "enable-prefix-caching: maybe | give true or false",
                "enable-chunked-prefill: false | every step mixes prompt chunks",
                "gpu-memory-utilization: 1.5 | at most 1",
                "tensor-parallel-size: 2 | one device",
                "ssl-keyfile: key.pem  | ssl-certfile is missing",
                "max-num-batched-tokens: 16 | less than max-num-seqs, which is 128",
                "allow-credentials: true | Name the origins",
                "[1, 2]                | not a YAML mapping",
            })
    void aBadValueIsRefusedWithTheFix(String text, String expected) {
        String message = problem(new OptionReader().flags(MODEL).yaml(text, "quire.yaml"));
        assertTrue(message.contains(expected), message);
    }

    @Test
    void allProblemsAreReportedTogether() {
        String message = problem(new OptionReader()
                .flags(Map.of("model", List.of("a"), "port", List.of("x")))
                .environment(Map.of("QUIRE_BLOK_SIZE", "1"))
                .yaml(Path.of("no-such-file.yaml")));
        assertEquals(3, message.lines().count(), message);
        assertTrue(message.contains("QUIRE_BLOK_SIZE"), message);
        assertTrue(message.contains("Did you mean block-size?"), message);
        assertTrue(message.contains("no-such-file.yaml"), message);
    }

    @Test
    void aModelThatIsNotNamedIsTheDefaultOne() {
        assertEquals("smollm2", new OptionReader().read().model().model());
    }

    @Test
    void everyDefaultSatisfiesItsOwnConstraint() {
        OptionValues values = new OptionValues(Map.of());
        assertEquals(
                OptionTable.all().stream()
                        .filter(option -> option.defaults().isPresent())
                        .count(),
                OptionTable.all().stream()
                        .filter(option -> values.find(option).isPresent())
                        .count());
    }

    @Test
    void namesAreUnique() {
        List<String> names = OptionTable.SECTIONS.stream()
                .flatMap(section -> section.options().stream())
                .map(Option::name)
                .collect(Collectors.toList());
        assertEquals(names.size(), names.stream().distinct().count(), names.toString());
    }
}
