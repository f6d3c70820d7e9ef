package dev.quire.core.llm;

import dev.quire.api.BackendInfo;
import dev.quire.api.WeightSource;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.core.model.ModelInfo;
import dev.quire.core.model.checkpoint.ModelCheckpoint;
import dev.quire.core.source.ModelSource;
import dev.quire.core.text.Tokenizer;

/** A model without a backend: its forward program, its cache and its weights, for tools that run programs themselves. Owns the mapped files. */
public final class ForwardModel implements AutoCloseable {
    private final ModelCheckpoint checkpoint;
    private final ModelDefinition definition;
    private final Tokenizer tokenizer;

    private ForwardModel(ModelCheckpoint checkpoint, ModelDefinition definition, Tokenizer tokenizer) {
        this.checkpoint = checkpoint;
        this.definition = definition;
        this.tokenizer = tokenizer;
    }

    /**
     * Finds and opens the model that {@code options} name, in the types that they ask for.
     *
     * @param backend what it will run on: decides the type of the cache
     * @throws RuntimeException as {@link Llm#load} does for models that are missing, damaged or unknown
     */
    public static ForwardModel open(LlmOptions options, BackendInfo backend) {
        ModelSource source =
                new ModelSource(options.model().source(), options.listener().downloads());
        OpenModel model = OpenModel.of(source.resolve(options.model().name()));
        try {
            ModelDefinition definition = ModelDefinition.of(model.checkpoint(), options, backend);
            return new ForwardModel(model.checkpoint(), definition, model.tokenizer());
        } catch (RuntimeException e) {
            model.checkpoint().close();
            throw e;
        }
    }

    /** Its sizes. */
    public ModelInfo info() {
        return definition.architecture().info();
    }

    /** From token ids to {@code logits}. */
    public Program program() {
        return definition.architecture().forward();
    }

    /** The cache groups that the program writes, with no blocks. */
    public KvCacheLayout cache() {
        return definition.architecture().cache();
    }

    /** The program's weights; used by one thread at a time. */
    public WeightSource weights() {
        return checkpoint.weights();
    }

    /** Text to tokens and back; lives on when this is closed. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Tokens of the longest sequence. */
    public int maxModelLen() {
        return definition.maxModelLen();
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
