package dev.quire.core.llm;

import dev.quire.core.source.ModelFiles;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** A model that a thread of its own opens. Whoever made this closes it, and with it the model's files. Confined to one thread. */
final class OpeningModel implements AutoCloseable {
    private final FutureTask<OpenModel> task;
    private final Thread thread;
    private boolean asked;

    OpeningModel(ModelFiles files) {
        task = new FutureTask<>(() -> OpenModel.of(files));
        thread = Thread.ofPlatform().daemon().name("quire-model").start(task);
    }

    /**
     * Waits for the model.
     *
     * @throws RuntimeException as {@link OpenModel#of} does
     */
    OpenModel opened() {
        asked = true;
        try {
            return task.get();
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
     * Waits for the opening to end, interrupted or not, for nobody else would close what it opens.
     *
     * @throws RuntimeException if it failed and nobody has heard of that
     */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (task.state() == Future.State.SUCCESS) {
            task.resultNow().checkpoint().close();
        } else if (!asked) {
            throw failure(task.exceptionNow());
        }
    }
}
