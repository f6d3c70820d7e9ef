package dev.quire.core.llm;

import dev.quire.core.model.checkpoint.ModelCheckpoint;
import dev.quire.core.source.ModelFiles;
import dev.quire.core.text.Tokenizer;
import dev.quire.core.weights.Gguf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A model's files, opened.
 *
 * @param checkpoint config and weights; to be closed once they are loaded
 * @param tokenizer lives on when the files are closed
 */
record OpenModel(ModelCheckpoint checkpoint, Tokenizer tokenizer) {
    private static final String TOKENIZER_KEYS = "tokenizer.";

    static OpenModel of(ModelFiles files) {
        try {
            return switch (files) {
                case ModelFiles.HuggingFaceFolder(Path folder) -> ofFolder(folder);
                case ModelFiles.GgufFile(Path file) -> ofGguf(Gguf.open(file));
            };
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read the model at %s: %s".formatted(files.path(), e.getMessage()), e);
        }
    }

    private static OpenModel ofFolder(Path folder) throws IOException {
        Tokenizer tokenizer = Tokenizer.open(folder);
        return new OpenModel(ModelCheckpoint.ofFolder(folder), tokenizer);
    }

    private static OpenModel ofGguf(Gguf file) {
        try {
            Tokenizer tokenizer = Tokenizer.ofGguf(file.metadata().plain(TOKENIZER_KEYS));
            return new OpenModel(ModelCheckpoint.ofGguf(file), tokenizer);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }
}
