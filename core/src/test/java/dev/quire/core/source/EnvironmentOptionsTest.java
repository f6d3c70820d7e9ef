package dev.quire.core.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentOptionsTest {
    @TempDir
    Path home;

    @Test
    void anEmptyEnvironmentGivesTheDefaults() {
        SourceOptions options = EnvironmentOptions.read(Map.of("PIP_CONFIG_FILE", "/dev/null"), home);
        assertEquals(SourceOptions.defaults(home), options);
    }

    @Test
    void theVariablesOfTheHubAreHeard() throws IOException {
        Map<String, String> variables = Map.of(
                "HF_ENDPOINT",
                "https://mirror.example/hf/",
                "HF_TOKEN",
                "hf_1",
                "HF_HOME",
                "~/models",
                "HF_HUB_OFFLINE",
                "1");
        SourceOptions options = EnvironmentOptions.read(variables, home);
        assertEquals(URI.create("https://mirror.example/hf"), options.hub().endpoint());
        assertEquals(Optional.of("hf_1"), options.hub().token());
        assertEquals(home.resolve("models/hub"), options.hub().cache());
        assertTrue(options.network().isOffline());
    }

    @Test
    void theTokenThatALoginLeftIsFound() throws IOException {
        Files.createDirectories(home.resolve(".cache/huggingface"));
        Files.writeString(home.resolve(".cache/huggingface/token"), "hf_2\n");
        assertEquals(
                Optional.of("hf_2"),
                EnvironmentOptions.read(Map.of(), home).hub().token());
    }

    @Test
    void indexesComeFromPipsConfiguration() {
        String config = """
                [global]
                # a mirror
                index-url = https://one.example/simple/
                extra_index_url =
                    https://two.example/simple
                    https://three.example/simple
                find-links = /wheels https://ignored.example/
                [list]
                index-url = https://other.example/
                """;
        SourceOptions.Packages packages =
                EnvironmentOptions.read(withPipConfig(config, Map.of()), home).packages();
        assertEquals(
                List.of(
                        URI.create("https://one.example/simple"),
                        URI.create("https://two.example/simple"),
                        URI.create("https://three.example/simple")),
                packages.indexes());
        assertEquals(List.of(Path.of("/wheels")), packages.findLinks());
    }

    @Test
    void variablesWinOverPipsConfiguration() {
        SourceOptions.Packages packages = EnvironmentOptions.read(
                        withPipConfig(
                                "[global]\nindex-url = https://one.example/simple\n",
                                Map.of("PIP_INDEX_URL", "https://four.example/simple")),
                        home)
                .packages();
        assertEquals(
                URI.create("https://four.example/simple"), packages.indexes().getFirst());
    }

    @Test
    void withoutAnIndexNoneIsAsked() {
        Map<String, String> variables = Map.of("PIP_NO_INDEX", "true", "PIP_FIND_LINKS", "/a /b");
        SourceOptions.Packages packages =
                EnvironmentOptions.read(variables, home).packages();
        assertEquals(List.of(), packages.indexes());
        assertEquals(List.of(Path.of("/a"), Path.of("/b")), packages.findLinks());
    }

    @Test
    void anAddressThatIsNoneIsNamed() {
        ModelSourceException e = assertThrows(
                ModelSourceException.class,
                () -> EnvironmentOptions.read(Map.of("HF_ENDPOINT", "mirror.example"), home));
        assertTrue(e.getMessage().contains("HF_ENDPOINT is 'mirror.example'"), e.getMessage());
    }

    /** Writes the last of pip's configuration files, which wins over what the machine may have. */
    private Map<String, String> withPipConfig(String config, Map<String, String> variables) {
        try {
            Path file = Files.writeString(home.resolve("pip.conf"), config);
            Map<String, String> all = new java.util.HashMap<>(variables);
            all.put("PIP_CONFIG_FILE", file.toString());
            return all;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
