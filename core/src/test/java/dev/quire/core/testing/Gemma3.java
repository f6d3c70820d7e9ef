package dev.quire.core.testing;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Gemma 3 270M: where its file is, and what Transformers says of it (ci/golden/README.md). */
public final class Gemma3 {
    /** The system property with the path of the model's GGUF file. */
    public static final String PROPERTY = "quire.gemma3";

    private Gemma3() {}

    /**
     * A prompt and its greedy continuation.
     *
     * @param greedy 64 tokens, the end token ignored
     * @param gaps at each of them, how far its logit is above the second
     * @param maxAbs at each of them, the row's largest |logit|
     * @param topIds ids of the largest logits after the prompt, the largest first
     * @param topLogits their logits
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Prompt(
            String name,
            String text,
            int[] ids,
            int[] greedy,
            double[] gaps,
            double[] maxAbs,
            int[] topIds,
            double[] topLogits) {
        @Override
        public String toString() {
            return name;
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Golden(List<Prompt> prompts) {}

    /** The model's file; a test that asks is skipped where no one said where it is. */
    public static Path file() {
        String path = System.getProperty(PROPERTY, "");
        assumeFalse(
                path.isBlank(),
                "needs the real model: ./quire models pull gemma3, then -D" + PROPERTY
                        + "=$(./quire models path gemma3)");
        return Path.of(path);
    }

    /** What Transformers says. */
    public static List<Prompt> prompts() {
        try (InputStream in = Gemma3.class.getResourceAsStream("/golden/gemma3/prompts.json")) {
            return new ObjectMapper().readValue(in, Golden.class).prompts();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
