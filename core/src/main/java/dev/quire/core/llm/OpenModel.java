package dev.quire.core.llm;

import dev.quire.core.model.checkpoint.ModelCheckpoint;
import dev.quire.core.source.ModelFiles;
import dev.quire.core.text.Tokenizer;
import dev.quire.core.weights.Gguf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A model's files, opened. The tokenizer is built on a thread of its own, for that takes as long as packing the weights of a small model; it reads nothing of
 * the checkpoint, which may be closed meanwhile.
 */
final class OpenModel {
    private static final String TOKENIZER_KEYS = "tokenizer.";

    private final Path path;
    private final FutureTask<Tokenizer> tokenizer;
    private final ModelCheckpoint checkpoint;

    private OpenModel(Path path, Callable<Tokenizer> tokenizer, Callable<ModelCheckpoint> checkpoint) throws Exception {
        this.path = path;
        this.tokenizer = new FutureTask<>(tokenizer);
        Thread.ofPlatform().daemon().name("quire-tokenizer").start(this.tokenizer);
        try {
            this.checkpoint = checkpoint.call();
        } catch (IOException | RuntimeException e) {
            try {
                tokenizer();
            } catch (RuntimeException first) { // where both are damaged, the tokenizer is named
                first.addSuppressed(e);
                throw first;
            }
            throw e;
        }
    }

    /** @throws RuntimeException as {@link Llm#load} does for files that are missing or damaged; the tokenizer's may follow from {@link #tokenizer} */
    static OpenModel of(ModelFiles files) {
        try {
            return switch (files) {
                case ModelFiles.HuggingFaceFolder(Path folder) ->
                    new OpenModel(folder, () -> Tokenizer.open(folder), () -> ModelCheckpoint.ofFolder(folder));
                case ModelFiles.GgufFile(Path file) -> ofGguf(file, Gguf.open(file));
            };
        } catch (RuntimeException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(files.path(), e);
        } catch (Exception e) {
            throw new IllegalStateException("opening a model throws nothing else", e);
        }
    }

    private static OpenModel ofGguf(Path path, Gguf file) throws Exception {
        try {
            Map<String, Object> keys = file.metadata().plain(TOKENIZER_KEYS);
            return new OpenModel(path, () -> Tokenizer.ofGguf(keys), () -> ModelCheckpoint.ofGguf(file));
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Config and weights; to be closed once they are loaded. */
    ModelCheckpoint checkpoint() {
        return checkpoint;
    }

    /** Lives on when the files are closed. Waits until it is built. */
    Tokenizer tokenizer() {
        try {
            return tokenizer.get();
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case RuntimeException cause -> cause;
                case Error cause -> throw cause;
                case IOException cause -> unreadable(path, cause);
                default -> new IllegalStateException("a tokenizer throws nothing else", e.getCause());
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the tokenizer was built", e);
        }
    }

    private static UncheckedIOException unreadable(Path path, IOException cause) {
        return new UncheckedIOException("cannot read the model at %s: %s".formatted(path, cause.getMessage()), cause);
    }
}
