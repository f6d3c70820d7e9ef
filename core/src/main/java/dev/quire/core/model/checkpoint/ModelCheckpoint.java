package dev.quire.core.model.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quire.api.program.WeightRef;
import dev.quire.core.model.GenerationConfig;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ModelConfigException;
import dev.quire.core.model.architecture.Architecture;
import dev.quire.core.model.architecture.Architectures;
import dev.quire.core.weights.Checkpoint;
import dev.quire.core.weights.Gguf;
import dev.quire.core.weights.Safetensors;
import dev.quire.core.weights.TensorMap;
import dev.quire.core.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A model on disk, opened: its config, its makers' advice on sampling, and its weights by the names that programs use. Owns the mapped files. */
public final class ModelCheckpoint implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ModelConfig config;
    private final Architecture architecture;
    private final GenerationConfig generation;
    private final Checkpoint weights;

    private ModelCheckpoint(
            ModelConfig config, Architecture architecture, GenerationConfig generation, Checkpoint weights) {
        this.config = config;
        this.architecture = architecture;
        this.generation = generation;
        this.weights = weights;
    }

    /**
     * Opens a folder with {@code config.json} and safetensors files.
     *
     * @throws ModelConfigException if there is no config, it is not a JSON object, or names no family that Quire knows
     * @throws dev.quire.core.weights.format.WeightFormatException if the weights are missing or damaged
     * @throws IOException if a file cannot be read
     */
    public static ModelCheckpoint ofFolder(Path folder) throws IOException {
        Path file = folder.resolve("config.json");
        if (!Files.isRegularFile(file)) {
            throw new ModelConfigException(
                    "%s has no config.json; give a folder with config.json, tokenizer.json and *.safetensors, or a .gguf file"
                            .formatted(folder));
        }
        ModelConfig config = new ModelConfig(parse(file), file.toString());
        Architecture architecture = Architectures.onClassPath().of(config);
        GenerationConfig generation = GenerationConfig.read(folder);
        WeightFile tensors = QuantizationConfig.of(config)
                .map(repacking -> Safetensors.open(folder, repacking))
                .orElseGet(() -> Safetensors.open(folder));
        TensorMap names = architecture.weights(config, tensors.tensors().keySet());
        return new ModelCheckpoint(config, architecture, generation, new Checkpoint(tensors, names));
    }

    /**
     * Takes over an open GGUF file.
     *
     * @throws ModelConfigException if it is of a family that Quire does not run
     * @throws dev.quire.core.weights.format.WeightFormatException if a key is missing or of the wrong type
     */
    public static ModelCheckpoint ofGguf(Gguf file) {
        GgufConfig gguf = GgufConfig.of(file);
        ModelConfig config = gguf.config();
        Architecture architecture = Architectures.onClassPath().of(config);
        return new ModelCheckpoint(config, architecture, GenerationConfig.NONE, new Checkpoint(file, gguf.names()));
    }

    private static Map<String, Object> parse(Path file) throws IOException {
        try {
            return JSON.readValue(Files.readString(file), new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new ModelConfigException(
                    "%s is not a JSON object: %s; download it again".formatted(file, e.getOriginalMessage()));
        }
    }

    /** Sizes and features under the keys of {@code config.json}. */
    public ModelConfig config() {
        return config;
    }

    /** What the makers recommend for sampling; {@link GenerationConfig#NONE} where they say nothing. */
    public GenerationConfig generationConfig() {
        return generation;
    }

    /** The weights, by the names that programs use. */
    public Checkpoint weights() {
        return weights;
    }

    /**
     * The model's program, all of whose weights are there.
     *
     * @throws ModelConfigException if the config asks for something that the family does not do, or has keys that it does not know
     * @throws dev.quire.core.weights.format.WeightFormatException naming weights that are missing or misshapen, and tensors that nothing reads
     */
    public Architecture.Definition define(CheckpointFormats formats, Architecture.Serving serving) {
        Architecture.Definition model = architecture.define(config, formats, serving);
        config.refuseUnread(new HarmlessKeys(architecture.harmlessKeys()));
        List<WeightRef> refs = model.forward().weights();
        EmptyBiases biases = new EmptyBiases(weights.file(), weights.unused(refs));
        weights.check(refs, biases.or(new LeftoverTensors(architecture, refs)));
        biases.requireZeros();
        return model;
    }

    @Override
    public void close() {
        weights.close();
    }
}
