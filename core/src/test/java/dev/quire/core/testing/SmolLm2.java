package dev.quire.core.testing;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/** SmolLM2-135M-Instruct: where its file is, and what Transformers says of it (ci/golden/README.md). */
public final class SmolLm2 {
    /** The system property with the path of the model's GGUF file. */
    public static final String PROPERTY = "quire.smollm2";

    /** Tokens of the vocabulary, floats of a row of logits. */
    public static final int VOCABULARY = 49152;

    private static final String FOLDER = "/golden/smollm2/";
    private static final ObjectMapper JSON = new ObjectMapper();

    private SmolLm2() {}

    /**
     * A prompt and its greedy continuation.
     *
     * @param greedy 64 tokens, the end token ignored
     * @param gaps at each of them, how far its logit is above the second
     * @param maxAbs at each of them, the row's largest |logit|
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Prompt(String name, String text, int[] ids, int[] greedy, double[] gaps, double[] maxAbs) {
        /** Whether the two largest logits at {@code step} are so near that either may come first. */
        public boolean isNearTie(int step, Bounds bounds) {
            return gaps[step] < bounds.nearTie() * maxAbs[step];
        }

        /** A prompt that a test of many steps can afford. */
        public boolean isShort() {
            return ids.length < 100;
        }
    }

    /**
     * @param fullRows names of prompts
     * @param seeded ids whose logits every step has
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Golden(List<String> fullRows, int[] seeded, List<Prompt> prompts) {}

    /**
     * Parts of a row's largest |logit|.
     *
     * @param logit how far a logit may be from the golden one
     * @param nearTie where the golden gap is smaller, another argmax is allowed
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Bounds(double logit, double nearTie) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record AllBounds(Bounds float32, Bounds bf16) {}

    /**
     * A tensor of the file.
     *
     * @param shape the contiguous dimension first
     * @param sha256 of its elements as little-endian float32
     */
    public record GoldenTensor(String name, String type, List<Long> shape, String sha256) {}

    private record Tensors(String layout, List<GoldenTensor> tensors) {}

    /** The model's file; a test that asks is skipped where no one said where it is. */
    public static Path file() {
        String path = System.getProperty(PROPERTY, "");
        assumeFalse(
                path.isBlank(),
                "needs the real model: ./quire models pull smollm2, then -D" + PROPERTY
                        + "=$(./quire models path smollm2)");
        return Path.of(path);
    }

    public static Golden golden() {
        return read("prompts.json", new TypeReference<>() {});
    }

    /** What float32 arithmetic may differ by. */
    public static Bounds float32() {
        return read("bounds.json", new TypeReference<AllBounds>() {}).float32();
    }

    public static List<GoldenTensor> tensors() {
        return read("tensors.json", new TypeReference<Tensors>() {}).tensors();
    }

    /** {@code rows.bin} or {@code steps.bin}, little-endian. */
    public static ByteBuffer binary(String name) {
        try (InputStream in = SmolLm2.class.getResourceAsStream(FOLDER + name)) {
            return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T read(String name, TypeReference<T> type) {
        try (InputStream in = SmolLm2.class.getResourceAsStream(FOLDER + name)) {
            return JSON.readValue(in, type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
