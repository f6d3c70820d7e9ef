package dev.quire.backends.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.quire.api.BackendException.Kind;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Completion;
import dev.quire.kernels.device.Recording;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalLong;

/**
 * Commands, and the event that tells their end. Those with kernels are captured as a graph, one call to replay whatever it holds; plain copies, such
 * as those of weights, go to the stream as they are.
 */
final class Replay implements Recording {
    private static final int WITHOUT_TIMES = 2;
    /** Other threads may go on calling the driver while this one captures. */
    private static final int THREAD_LOCAL = 1;

    private final CudaContext context;
    private final StreamWriter writer;
    private final List<Command> commands;
    private final OptionalLong graph;
    private final long event;

    Replay(CudaContext context, StreamWriter writer, List<Command> commands) {
        this.context = context;
        this.writer = writer;
        this.commands = List.copyOf(commands);
        writer.prepare(commands);
        Driver driver = context.enter();
        this.event = driver.make(Kind.STEP_FAILED, driver.eventCreate, WITHOUT_TIMES);
        try {
            boolean launches = commands.stream().anyMatch(Command.Launch.class::isInstance);
            this.graph = launches ? OptionalLong.of(capture(driver)) : OptionalLong.empty();
        } catch (RuntimeException e) {
            context.release(driver.eventDestroy, event);
            throw e;
        }
    }

    /** @return the graph, ready to launch */
    private long capture(Driver driver) {
        driver.check(
                driver.streamBeginCapture.call(context.stream(), THREAD_LOCAL),
                Kind.STEP_FAILED,
                driver.streamBeginCapture.name());
        long captured = captured(driver);
        try {
            return driver.make(Kind.STEP_FAILED, driver.graphInstantiate, captured, 0L);
        } finally {
            context.release(driver.graphDestroy, captured);
        }
    }

    private long captured(Driver driver) {
        try {
            commands.forEach(writer::write);
        } catch (RuntimeException e) {
            abandon(driver);
            throw e;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(ADDRESS);
            driver.check(
                    driver.streamEndCapture.call(context.stream(), place),
                    Kind.STEP_FAILED,
                    driver.streamEndCapture.name());
            return place.get(JAVA_LONG, 0);
        }
    }

    /** Ends a capture that failed, so that the stream runs commands again. */
    private void abandon(Driver driver) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(ADDRESS);
            if (driver.streamEndCapture.call(context.stream(), place) == Status.SUCCESS) {
                context.release(driver.graphDestroy, place.get(JAVA_LONG, 0));
            }
        }
    }

    @Override
    public Completion submit() {
        Driver driver = context.enter();
        if (graph.isPresent()) {
            int status = driver.graphLaunch.call(graph.getAsLong(), context.stream());
            driver.check(status, Kind.STEP_FAILED, driver.graphLaunch.name());
        } else {
            commands.forEach(writer::write);
        }
        driver.check(driver.eventRecord.call(event, context.stream()), Kind.STEP_FAILED, driver.eventRecord.name());
        return new End(context, event);
    }

    /** Reached once the event behind the commands is. */
    private record End(CudaContext context, long event) implements Completion {
        @Override
        public boolean isDone() {
            Driver driver = context.tryEnter();
            return driver.eventQuery.call(event) != Status.NOT_READY;
        }

        @Override
        public void await() {
            Driver driver = context.enter();
            driver.check(driver.eventSynchronize.call(event), Kind.STEP_FAILED, driver.eventSynchronize.name());
        }
    }

    @Override
    public void close() {
        Driver driver = context.target().driver();
        graph.ifPresent(ready -> context.release(driver.graphExecDestroy, ready));
        context.release(driver.eventDestroy, event);
    }
}
