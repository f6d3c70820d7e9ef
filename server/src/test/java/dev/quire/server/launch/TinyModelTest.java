package dev.quire.server.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.llm.Llm;
import dev.quire.core.llm.LlmListener;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.source.CachedModel;
import dev.quire.core.source.DownloadProgress;
import dev.quire.server.options.QuireOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --model tiny}, as the program starts it. */
class TinyModelTest {
    @TempDir
    Path caches;

    @Test
    void itAnswersWithNoNetworkAndIsKeptInTheCacheThatTheEnvironmentNames() {
        ModelLauncher launcher = launcher();
        try (Llm llm = launcher.load(LlmListener.NONE)) {
            String prompt = "<|begin|><|user|>What is a quire?<|end|><|assistant|>";
            SamplingParams greedy = SamplingParams.greedy();
            assertEquals(
                    "A quire is a gathering of pages, folded once and sewn together.", llm.generate(prompt, greedy));
        }
        CachedModel listed = launcher.source().cached().getFirst();
        assertEquals("tiny", listed.reference());
        assertTrue(listed.path().startsWith(caches.resolve("quire/models")), listed.toString());
        assertTrue(Files.isRegularFile(listed.path().resolve("model.safetensors")));
        assertTrue(listed.bytes() < 4_000_000, listed.bytes() + " bytes");
    }

    private ModelLauncher launcher() {
        QuireOptions options = QuireOptions.from(
                new JsonObject().put("model", "tiny").put("max-model-len", 512).put("max-num-seqs", 4));
        Map<String, String> environment = Map.of("XDG_CACHE_HOME", caches.toString(), "HF_HUB_OFFLINE", "1");
        return new ModelLauncher(options, environment, DownloadProgress.silent());
    }
}
