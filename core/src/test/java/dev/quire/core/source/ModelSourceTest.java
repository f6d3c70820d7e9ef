package dev.quire.core.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSourceTest {
    @TempDir
    Path folder;

    @Test
    void aFolderOfSafetensorsIsItself() throws IOException {
        write("config.json", "model.safetensors", "also.gguf");
        assertEquals(new ModelFiles.HuggingFaceFolder(folder), resolve(folder));
    }

    @Test
    void aFolderWithAnIndexOfShardsIsItself() throws IOException {
        write("config.json", "model.safetensors.index.json");
        assertEquals(new ModelFiles.HuggingFaceFolder(folder), resolve(folder));
    }

    @Test
    void aGgufFileIsItselfAndSoIsTheOnlyOneOfAFolder() throws IOException {
        write("model.gguf");
        ModelFiles file = new ModelFiles.GgufFile(folder.resolve("model.gguf"));
        assertEquals(file, resolve(folder.resolve("model.gguf")));
        assertEquals(file, resolve(folder));
    }

    @Test
    void aFolderWithoutAModelSaysWhatWasExpectedAndFound() throws IOException {
        write("config.json", "a.gguf", "b.gguf");
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> resolve(folder));
        assertTrue(e.getMessage().contains("expected config.json with model.safetensors"), e.getMessage());
        assertTrue(e.getMessage().contains("GGUF files: a.gguf, b.gguf"), e.getMessage());
    }

    @Test
    void aFileOfAnotherKindIsRefused() throws IOException {
        write("model.bin");
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> resolve(folder.resolve("model.bin")));
        assertTrue(e.getMessage().contains("no GGUF file"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "nowhere", "/no/such/folder", "a/b/c", "../x/y", "pypi:", "org/..", "org/na me", "a/b:c.bin"
            })
    void whatIsNoReferenceIsRefusedWithTheForms(String model) {
        ModelSourceException e = assertThrows(ModelSourceException.class, () -> ModelReference.parse(model, Set::of));
        assertTrue(e.getMessage().contains("org/name:file.gguf"), e.getMessage());
        assertTrue(e.getMessage().contains("[gemma3, smollm2]"), e.getMessage());
    }

    @Test
    void referencesReadAsTheyAreWritten() {
        assertEquals(
                new ModelReference.Hub("Qwen/Qwen3-0.6B", "main", Optional.empty()),
                ModelReference.parse("Qwen/Qwen3-0.6B", Set::of));
        assertEquals(
                new ModelReference.Hub("org/name", "v1.0", Optional.of("q/file.gguf")),
                ModelReference.parse("org/name@v1.0:q/file.gguf", Set::of));
        assertEquals(
                new ModelReference.PythonPackage("a-b-c", Optional.of("1.0"), Optional.of("f.gguf")),
                ModelReference.parse("pypi:A_b.C==1.0/f.gguf", Set::of));
        for (String text : new String[] {"org/name@v1.0:q/file.gguf", "org/name", "pypi:a==1/b.gguf", "pypi:a"}) {
            assertEquals(text, ModelReference.parse(text, Set::of).toString());
        }
    }

    private void write(String... names) throws IOException {
        for (String name : names) {
            Files.writeString(folder.resolve(name), "{}");
        }
    }

    private ModelFiles resolve(Path path) {
        SourceOptions options =
                SourceFixture.options(URI.create("http://127.0.0.1:9"), folder, SourceFixture.offline());
        return new ModelSource(options, DownloadProgress.silent()).resolve(path.toString());
    }
}
