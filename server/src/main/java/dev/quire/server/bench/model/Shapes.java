package dev.quire.server.bench.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Configs of models that are measured without their weights: the ones that come along, and any config.json. */
public final class Shapes {
    /** Shapes that come along, by the models that have them. */
    public static final List<String> NAMES = List.of("smollm2-135m", "llama-3.2-1b", "llama-3.1-8b", "llama-2-13b");

    private static final ObjectMapper JSON = new ObjectMapper();

    private Shapes() {}

    /**
     * Reads a config.
     *
     * @param name one of {@link #NAMES}, a config.json, or a folder with one
     * @throws IllegalArgumentException if it is none of them, or not a JSON object
     */
    public static Map<String, Object> config(String name) {
        try {
            if (NAMES.contains(name)) {
                try (InputStream file = Shapes.class.getResourceAsStream(name + ".json")) {
                    return JSON.readValue(file, new TypeReference<>() {});
                }
            }
            Path path = Path.of(name);
            Path file = Files.isDirectory(path) ? path.resolve("config.json") : path;
            if (!Files.isRegularFile(file)) {
                throw new IllegalArgumentException(
                        "--load-format dummy has no shape '%s'. Shapes: %s; or pass the path of a config.json."
                                .formatted(name, String.join(", ", NAMES)));
            }
            return JSON.readValue(Files.readString(file), new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "%s is not a JSON object: %s. Pass a model's config.json.".formatted(name, e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the config of " + name, e);
        }
    }
}
