package dev.quire.backends.cuda;

import dev.quire.api.BackendException.Kind;
import dev.quire.backends.cuda.GraphPool.Graph;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Completion;
import dev.quire.kernels.device.Recording;
import java.util.List;
import java.util.Optional;

/**
 * Commands, and the event that tells their end. The first time they go to the stream one after another, which is all that most chunks of prompts ever
 * need, since few come in one shape twice. Those that come again, such as the steps of decoding, are a graph from then on: one call, whatever it
 * holds. Copies alone, such as those of weights, stay as they are and pass over pinned memory.
 */
final class Replay implements Recording {
    private static final int WITHOUT_TIMES = 2;

    private final CudaContext context;
    private final StreamWriter writer;
    private final GraphPool graphs;
    private final List<Command> commands;
    private final boolean launches;
    private final long event;
    private boolean submitted;
    private Optional<Graph> graph = Optional.empty();

    Replay(CudaContext context, StreamWriter writer, GraphPool graphs, List<Command> commands) {
        this.context = context;
        this.writer = writer;
        this.graphs = graphs;
        this.commands = List.copyOf(commands);
        this.launches = commands.stream().anyMatch(Command.Launch.class::isInstance);
        writer.prepare(commands);
        Driver driver = context.enter();
        this.event = driver.make(Kind.STEP_FAILED, driver.eventCreate, WITHOUT_TIMES);
    }

    @Override
    public Completion submit() {
        Driver driver = context.enter();
        boolean read;
        try {
            read = issue(driver);
            driver.check(eventRecord(driver), Kind.STEP_FAILED, driver.eventRecord.name());
        } catch (RuntimeException e) {
            finish(driver);
            throw e;
        }
        return new End(context, event, read);
    }

    private int eventRecord(Driver driver) {
        return driver.eventRecord.call(event, context.stream());
    }

    /** Waits for the part that was issued. A device that refuses even this is lost, and reads nothing any more. */
    private void finish(Driver driver) {
        if (eventRecord(driver) == Status.SUCCESS) {
            driver.eventSynchronize.call(event);
        }
    }

    /** Whether none of the host's memory is read from now on. */
    private boolean issue(Driver driver) {
        boolean read = !launches;
        if (!launches) {
            for (Command command : commands) {
                read &= writer.copy(command);
            }
        } else if (!submitted) {
            writer.endCopies();
            commands.forEach(writer::write);
        } else {
            long ready = ready().handle();
            int status = driver.graphLaunch.call(ready, context.stream());
            driver.check(status, Kind.STEP_FAILED, driver.graphLaunch.name());
        }
        submitted = true;
        return read;
    }

    private Graph ready() {
        Graph ready = graph.orElseGet(() -> graphs.take(commands));
        graph = Optional.of(ready);
        return ready;
    }

    /**
     * Reached once the event behind the commands is.
     *
     * @param read whether nothing reads the host's memory any more
     */
    private record End(CudaContext context, long event, boolean read) implements Completion {
        @Override
        public boolean isDone() {
            Driver driver = context.tryEnter();
            return driver.eventQuery.call(event) != Status.NOT_READY;
        }

        @Override
        public void await() {
            Driver driver = context.enter();
            driver.run(Kind.STEP_FAILED, driver.eventSynchronize, event);
        }

        @Override
        public boolean hasRead() {
            return read;
        }
    }

    @Override
    public void close() {
        graph.ifPresent(graphs::giveBack);
        context.release(context.target().driver().eventDestroy, event);
    }
}
