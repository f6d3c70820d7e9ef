package dev.quire.backends.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.quire.api.BackendException.Kind;
import dev.quire.kernels.device.Command;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;

/**
 * Makes graphs of commands. One that nobody needs any more is updated to other commands of the same kinds and kernels, such as a step's of another
 * batch size, where that is possible: an update keeps what the driver built.
 */
final class GraphPool implements AutoCloseable {
    private static final int MOST_IDLE = 16;
    /** Bytes of CUgraphExecUpdateResultInfo, which is not read. */
    private static final int RESULT_INFO = 24;
    /** Other threads may go on calling the driver while this one captures. */
    private static final int THREAD_LOCAL = 1;

    private final CudaContext context;
    private final StreamWriter writer;
    private final Deque<Graph> idle = new ArrayDeque<>();

    /**
     * A graph that can be launched.
     *
     * @param kinds of its commands, in order
     */
    record Graph(List<String> kinds, long handle) {}

    GraphPool(CudaContext context, StreamWriter writer) {
        this.context = context;
        this.writer = writer;
    }

    /** A graph of commands whose kernels are built. */
    Graph take(List<Command> commands) {
        List<String> kinds = commands.stream().map(GraphPool::kind).toList();
        Driver driver = context.enter();
        long captured = capture(driver, commands);
        try {
            OptionalLong updated = updated(driver, kinds, captured);
            return new Graph(
                    kinds,
                    updated.isPresent()
                            ? updated.getAsLong()
                            : driver.make(Kind.STEP_FAILED, driver.graphInstantiate, captured, 0L));
        } finally {
            context.release(driver.graphDestroy, captured);
        }
    }

    /** Takes back a graph that does not run. */
    void giveBack(Graph graph) {
        idle.addLast(graph);
        if (idle.size() > MOST_IDLE) {
            destroy(idle.removeFirst());
        }
    }

    private static String kind(Command command) {
        return switch (command) {
            case Command.Launch launch -> launch.kernel();
            case Command.Upload upload -> "upload";
            case Command.Download download -> "download";
            case Command.Zero zero -> "zero";
        };
    }

    private long capture(Driver driver, List<Command> commands) {
        driver.run(Kind.STEP_FAILED, driver.streamBeginCapture, context.stream(), THREAD_LOCAL);
        try {
            commands.forEach(writer::write);
        } catch (RuntimeException e) {
            abandon(driver);
            throw e;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(ADDRESS);
            driver.run(Kind.STEP_FAILED, driver.streamEndCapture, context.stream(), place);
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

    /** An idle graph of the same kinds of commands, with what was captured; none if there is none that the driver would change. */
    private OptionalLong updated(Driver driver, List<String> kinds, long captured) {
        Iterator<Graph> graphs = idle.iterator();
        while (graphs.hasNext()) {
            Graph graph = graphs.next();
            if (graph.kinds().equals(kinds)) {
                graphs.remove();
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment info = arena.allocate(RESULT_INFO, Long.BYTES);
                    if (driver.graphExecUpdate.call(graph.handle(), captured, info) == Status.SUCCESS) {
                        return OptionalLong.of(graph.handle());
                    }
                }
                destroy(graph);
            }
        }
        return OptionalLong.empty();
    }

    private void destroy(Graph graph) {
        context.release(context.target().driver().graphExecDestroy, graph.handle());
    }

    @Override
    public void close() {
        idle.forEach(this::destroy);
        idle.clear();
    }
}
