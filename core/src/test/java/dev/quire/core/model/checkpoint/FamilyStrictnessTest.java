package dev.quire.core.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quire.core.model.ModelConfigException;
import dev.quire.core.testing.Family;
import dev.quire.core.testing.OneStep;
import dev.quire.core.weights.format.WeightFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** In every family, what does not belong to the model is named, never ignored. */
class FamilyStrictnessTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path temporary;

    @ParameterizedTest
    @MethodSource(Family.ALL)
    void aKeyThatNobodyUnderstandsIsNamed(Family family) throws IOException {
        String message = refusal(family, ModelConfigException.class, config -> config.put("attention_multiplier", 0.7));
        assertTrue(message.contains("attention_multiplier=0.7"), message);
    }

    @ParameterizedTest
    @MethodSource(Family.ALL)
    void weightsThatAreMissingAreNamed(Family family) throws IOException {
        String message = refusal(family, WeightFormatException.class, config -> addLayers(config, 1));
        int added = layers(config(family));
        assertTrue(message.contains("missing: ") && message.contains("." + added + "."), message);
    }

    @ParameterizedTest
    @MethodSource(Family.ALL)
    void weightsThatAreLeftOverAreNamed(Family family) throws IOException {
        String message = refusal(family, WeightFormatException.class, config -> addLayers(config, -1));
        int dropped = layers(config(family)) - 1;
        assertTrue(message.contains("not used by the model: ") && message.contains("." + dropped + "."), message);
    }

    private static int layers(ObjectNode config) {
        return config.get(layersKey(config)).asInt();
    }

    private static void addLayers(ObjectNode config, int count) {
        config.put(layersKey(config), layers(config) + count);
        if (config.get("layer_types") instanceof ArrayNode types) {
            types.add("full_attention");
            while (types.size() > layers(config)) {
                types.remove(0);
            }
        }
    }

    private static String layersKey(ObjectNode config) {
        return Stream.of("num_hidden_layers", "n_layer")
                .filter(config::has)
                .findFirst()
                .orElseThrow();
    }

    private static ObjectNode config(Family family) throws IOException {
        return (ObjectNode) JSON.readTree(family.folder().resolve("config.json").toFile());
    }

    private <E extends Exception> String refusal(Family family, Class<E> type, Consumer<ObjectNode> change)
            throws IOException {
        ObjectNode config = config(family);
        change.accept(config);
        Files.writeString(temporary.resolve("config.json"), config.toString());
        Files.copy(family.folder().resolve("model.safetensors"), temporary.resolve("model.safetensors"));
        try (ModelCheckpoint checkpoint = ModelCheckpoint.ofFolder(temporary)) {
            var formats = new CheckpointFormats(checkpoint.weights(), WeightDType.FLOAT32, Quantization.AUTO);
            return assertThrows(type, () -> checkpoint.define(formats, OneStep.serving(family)))
                    .getMessage();
        }
    }
}
