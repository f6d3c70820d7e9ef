package dev.quire.core.testing;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quire.api.types.Numerics;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.llm.LlmOptions;
import dev.quire.core.llm.ModelOptions;
import dev.quire.core.model.checkpoint.WeightDType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** The committed small model: where it is, and what a float64 forward pass in NumPy says of it. */
public final class TinyLlama {
    private static final int BLOCKS = 512;

    private TinyLlama() {}

    /**
     * A prompt and its greedy continuation.
     *
     * @param gaps distance between the two highest logits at each greedy token
     * @param firstRow position of the first row of {@code logits}
     * @param logits [rows, 320], float64
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Case(
            String text, int[] ids, int[] greedy, String greedyText, double[] gaps, int firstRow, double[][] logits) {}

    private record Golden(String layout, List<Case> cases) {}

    public static Path folder() {
        try {
            return Path.of(TinyLlama.class
                            .getResource("/models/tiny-llama/config.json")
                            .toURI())
                    .getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public static List<Case> cases() {
        try {
            String json = Files.readString(folder().resolve("golden.json"));
            return new ObjectMapper().readValue(json, Golden.class).cases();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every bit of the weights kept, on the backend {@code backend}, with a small cache. */
    public static LlmOptions exact(String backend) {
        return exact(folder(), backend);
    }

    /** The same for a model at another path. */
    public static LlmOptions exact(Path path, String backend) {
        return exact(path, backend, OptionalInt.empty());
    }

    /** The same with a longest sequence that is not the model's own. */
    public static LlmOptions exact(Path path, String backend, OptionalInt maxModelLen) {
        LlmOptions options = LlmOptions.of(path.toString());
        return options.with(ModelOptions.of(path.toString()).withDType(WeightDType.FLOAT32))
                .with(options.device().withBackend(backend))
                .with(engine(maxModelLen, Numerics.FAST));
    }

    /** Limits that suit the model. */
    public static EngineOptions engine(OptionalInt maxModelLen, Numerics numerics) {
        EngineOptions.Builder engine = EngineOptions.builder()
                .maxNumSeqs(16)
                .maxNumBatchedTokens(256)
                .maxLogitRows(64)
                .maxQueuedRequests(64)
                .blocks(BLOCKS)
                .numerics(numerics);
        maxModelLen.ifPresent(engine::maxModelLen);
        return engine.build();
    }
}
