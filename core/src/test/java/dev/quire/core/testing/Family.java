package dev.quire.core.testing;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A committed small checkpoint of one model family, and what Transformers makes of it in float64.
 *
 * @param name of its folder
 * @param folder config and weights
 * @param maxModelLen what it is served with, if not its config's
 */
public record Family(String name, Path folder, OptionalInt maxModelLen, List<Case> cases) {
    /**
     * A prompt and its greedy continuation.
     *
     * @param gaps distance between the two highest logits at each greedy token
     * @param firstRow position of the first row of {@code logits}
     * @param logits rows of the vocabulary in float64, little-endian, base64
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Case(int[] ids, int[] greedy, double[] gaps, int firstRow, String logits) {
        /** Logits after each of the prompt's tokens from {@code firstRow} on, row by row. */
        public double[] rows() {
            ByteBuffer bytes =
                    ByteBuffer.wrap(Base64.getDecoder().decode(logits)).order(ByteOrder.LITTLE_ENDIAN);
            double[] rows = new double[bytes.remaining() / Double.BYTES];
            bytes.asDoubleBuffer().get(rows);
            return rows;
        }
    }

    private record Golden(Integer maxModelLen, List<Case> cases) {}

    /** Names {@link #all} to a parameterized test. */
    public static final String ALL = "dev.quire.core.testing.Family#all";

    /** All of them, by name. */
    public static List<Family> all() {
        try (Stream<Path> folders = Files.list(root().resolve("families"))) {
            return folders.sorted().map(Family::of).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that only a program of someone else's runs. */
    public static Family added(String name) {
        return of(root().resolve("added").resolve(name));
    }

    private static Family of(Path folder) {
        try {
            Golden golden =
                    new ObjectMapper().readValue(folder.resolve("golden.json").toFile(), Golden.class);
            OptionalInt maxModelLen = Optional.ofNullable(golden.maxModelLen()).stream()
                    .mapToInt(Integer::intValue)
                    .findFirst();
            return new Family(folder.getFileName().toString(), folder, maxModelLen, golden.cases());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        try {
            return Path.of(Family.class.getResource("/models").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same model in {@code target}, with the tokenizer of the small Llama, so that it can be served. */
    public Path servable(Path target) throws IOException {
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(folder.resolve(file), target.resolve(file));
        }
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(TinyLlama.folder().resolve(file), target.resolve(file));
        }
        return target;
    }

    @Override
    public String toString() {
        return name;
    }
}
