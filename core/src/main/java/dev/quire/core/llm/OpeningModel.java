package dev.quire.core.llm;

import dev.quire.core.source.ModelFiles;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A model that a thread of its own opens. Whoever made this closes it, and with it the model's files. Confined to one thread. */
final class OpeningModel implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("quire-model").factory());
    private final Future<OpenModel> model;
    private boolean asked;

    OpeningModel(ModelFiles files) {
        model = thread.submit(() -> OpenModel.of(files));
    }

    /**
     * Waits for the model.
     *
     * @throws RuntimeException as {@link OpenModel#of} does
     */
    OpenModel opened() {
        asked = true;
        try {
            return model.get();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a model was opened", e);
        }
    }

    private static RuntimeException failure(Throwable cause) {
        return switch (cause) {
            case RuntimeException known -> known;
            case Error error -> throw error;
            default -> new IllegalStateException("opening a model throws nothing else", cause);
        };
    }

    /**
     * Waits for the opening to end, and ends it where this thread is interrupted, for nobody else would close what it opens.
     *
     * @throws RuntimeException if it failed and nobody has heard of that
     */
    @Override
    public void close() {
        thread.close();
        switch (model.state()) {
            case SUCCESS -> model.resultNow().checkpoint().close();
            case FAILED -> {
                if (!asked) {
                    throw failure(model.exceptionNow());
                }
            }
            case RUNNING, CANCELLED -> {} // an interrupt came before it began
        }
    }
}
