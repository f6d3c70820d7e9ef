package dev.quire.backends.tornado.device;

import dev.quire.api.BackendException;
import dev.quire.backends.tornado.graphs.Cuts;
import dev.quire.backends.tornado.graphs.IdleRunner;
import dev.quire.backends.tornado.graphs.Row;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Completion;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Recording;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import uk.ac.manchester.tornado.api.exceptions.TornadoBailoutRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

/**
 * The arena of a device, the graphs over it, and the one thread that makes every call of TornadoVM, in order, so that callers go on while it works.
 * It outlives the backend that made it in a series of them where nothing failed: compiled code belongs to the plans of one arena.
 */
final class GraphRunner implements IdleRunner.Runner {
    private static final double MIB = 1 << 20;
    /** What TornadoVM says in place of whatever went wrong in a run. */
    private static final String HIDDEN = "Recover option disabled";
    /** Launches of a graph at most: TornadoVM's bytecode of a graph has 4 KiB. */
    private static final int LONGEST = 32;

    private final Target target;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("quire-tornado").factory());
    private final DeviceArena arena;
    private final Staging staging;
    private final Map<String, Batch> single = new HashMap<>();
    private final Map<List<String>, Row> rows = new HashMap<>();

    private int made;

    private volatile boolean failed;

    GraphRunner(Target target) {
        this.target = target;
        try {
            this.arena = now(() -> new DeviceArena(target));
        } catch (RuntimeException | Error e) {
            worker.close();
            throw e;
        }
        this.staging = new Staging(arena, target);
        try {
            now(this::writeTables);
        } catch (RuntimeException | Error e) {
            closeAfter(e);
            throw e;
        }
    }

    /** Whether another backend may go on with it: all memory came back, and every call succeeded. */
    @Override
    public boolean isReusable() {
        return !failed && arena.isFree();
    }

    private void closeAfter(Throwable failure) {
        try {
            close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private boolean writeTables() {
        try (Arena host = Arena.ofConfined()) {
            MemorySegment tables = host.allocate(ValueLayout.JAVA_FLOAT, Arithmetic.TABLES);
            Arithmetic.fill(tables);
            staging.upload(tables, arena.first(), 0);
        }
        return true;
    }

    DeviceArena.Piece allocate(long bytes, MemoryUse use) {
        return arena.allocate(bytes)
                .orElseThrow(() -> new BackendException(
                        BackendException.Kind.OUT_OF_MEMORY,
                        "%s has no %.1f MiB in one piece for %s: of %.1f MiB, the largest piece has %.1f MiB; %s"
                                .formatted(
                                        target.info().name(),
                                        bytes / MIB,
                                        use.text(),
                                        target.info().memoryBytes() / MIB,
                                        arena.largest() / MIB,
                                        use.advice())));
    }

    /**
     * @param kernels says which task runs a launch
     * @param notices receives a sentence, on the thread of this runner, where launches cannot share a graph
     */
    Recording record(List<Command> commands, KernelTable kernels, Consumer<String> notices) {
        List<Runnable> steps = now(() -> steps(commands, kernels, notices));
        return new Recording() {
            @Override
            public Completion submit() {
                return new Ending(later(() -> {
                    steps.forEach(Runnable::run);
                    return true;
                }));
            }

            @Override
            public void close() {
                // Graphs stay for other recordings of the same kernels.
            }
        };
    }

    private List<Runnable> steps(List<Command> commands, KernelTable kernels, Consumer<String> notices) {
        List<Runnable> steps = new ArrayList<>();
        List<Command.Launch> launches = new ArrayList<>();
        for (Command command : commands) {
            if (!(command instanceof Command.Launch)) {
                cut(launches, steps, kernels, notices);
            }
            switch (command) {
                case Command.Launch launch -> {
                    launches.add(launch);
                    if (Cuts.isBehind(launch.kernel()) || launches.size() == LONGEST) {
                        cut(launches, steps, kernels, notices);
                    }
                }
                case Command.Upload(MemorySegment from, DeviceMemory to, long offset) ->
                    steps.add(() -> staging.upload(from, (DeviceArena.Piece) to, offset));
                case Command.Download(DeviceMemory from, long offset, MemorySegment to) ->
                    steps.add(() -> staging.download((DeviceArena.Piece) from, offset, to));
                case Command.Zero(DeviceMemory memory) -> steps.add(() -> arena.zero((DeviceArena.Piece) memory));
            }
        }
        cut(launches, steps, kernels, notices);
        return steps;
    }

    /** Turns launches into a run of the row that has their kernels. */
    private void cut(
            List<Command.Launch> launches, List<Runnable> steps, KernelTable kernels, Consumer<String> notices) {
        if (!launches.isEmpty()) {
            List<Command.Launch> taken = List.copyOf(launches);
            List<String> names = taken.stream().map(Command.Launch::kernel).toList();
            Row row = rows.computeIfAbsent(names, these -> row(these, kernels));
            steps.add(() -> row.run(taken, () -> batch(names, kernels), notices));
            launches.clear();
        }
    }

    private Row row(List<String> names, KernelTable kernels) {
        return new Row(names.stream()
                .map(name -> single.computeIfAbsent(name, one -> batch(List.of(one), kernels)))
                .toList());
    }

    private Batch batch(List<String> names, KernelTable kernels) {
        return new Batch(arena.unique("batch" + made++), names, kernels, arena, target);
    }

    private <T> T now(Supplier<T> work) {
        return join(later(work));
    }

    private <T> CompletableFuture<T> later(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, worker).whenComplete((done, failure) -> failed |= failure != null);
    }

    private static <T> T join(CompletableFuture<T> end) {
        try {
            return end.join();
        } catch (CompletionException e) {
            throw switch (e.getCause()) {
                case BackendException known -> known;
                case TornadoOutOfMemoryException full -> failed(BackendException.Kind.OUT_OF_MEMORY, full);
                case OutOfMemoryError full -> failed(BackendException.Kind.OUT_OF_MEMORY, full);
                case TornadoBailoutRuntimeException hidden
                when hidden.getMessage().contains(HIDDEN) ->
                    new BackendException(
                            BackendException.Kind.STEP_FAILED,
                            "TornadoVM failed and keeps its reason back where no kernel may run as sequential Java;"
                                    + " a JVM with -Dtornado.debug=True writes it to standard error",
                            hidden);
                case VirtualMachineError fatal -> throw fatal;
                case Throwable other -> failed(BackendException.Kind.STEP_FAILED, other);
            };
        }
    }

    private static BackendException failed(BackendException.Kind kind, Throwable cause) {
        return new BackendException(kind, "TornadoVM failed: " + cause, cause);
    }

    /** The end of a submission. */
    private record Ending(CompletableFuture<Boolean> end) implements Completion {
        @Override
        public boolean isDone() {
            return end.isDone();
        }

        @Override
        public void await() {
            join(end);
        }
    }

    @Override
    public void close() {
        try (worker) {
            now(() -> {
                arena.close();
                return true;
            });
        }
    }
}
