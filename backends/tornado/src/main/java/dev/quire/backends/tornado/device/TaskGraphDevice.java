package dev.quire.backends.tornado.device;

import dev.quire.api.BackendException;
import dev.quire.api.DeviceInfo;
import dev.quire.api.program.Op;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Completion;
import dev.quire.kernels.device.Device;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Recording;
import dev.quire.kernels.device.Tiling;
import dev.quire.kernels.portable.WorkItem;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

/** A TornadoVM device. One thread of its own makes every call of TornadoVM, in order, so that callers go on while it works. */
final class TaskGraphDevice implements Device {
    private static final double MIB = 1 << 20;
    /** A step is cut behind these kernels, so that the cuts of all layers are alike and share a graph. */
    private static final Set<String> ENDS = Set.of("write_kv", "write_kv_wide", "rope_write_wide");

    private final Target target;
    private final KernelTable kernels;
    private final KernelCache cache;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("quire-tornado").factory());
    private final DeviceArena arena;
    private final Staging staging;
    private final Map<List<String>, Batch> batches = new HashMap<>();

    /** @param cache keeps the shapes of tiles that the device multiplies fastest with */
    TaskGraphDevice(Target target, KernelTable kernels, KernelCache cache) {
        this.target = target;
        this.kernels = kernels;
        this.cache = cache;
        try {
            this.arena = now(() -> new DeviceArena(target));
        } catch (RuntimeException | Error e) {
            worker.close();
            throw e;
        }
        this.staging = new Staging(arena, target);
        try {
            now(this::writePowers);
        } catch (RuntimeException | Error e) {
            closeAfter(e);
            throw e;
        }
    }

    private void closeAfter(Throwable failure) {
        try {
            close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private boolean writePowers() {
        try (Arena host = Arena.ofConfined()) {
            MemorySegment powers = host.allocate(ValueLayout.JAVA_FLOAT, Arithmetic.POWERS);
            for (int i = 0; i < Arithmetic.POWERS; i++) {
                powers.setAtIndex(ValueLayout.JAVA_FLOAT, i, Arithmetic.power(i));
            }
            staging.upload(powers, arena.first(), 0);
        }
        return true;
    }

    @Override
    public DeviceInfo info() {
        return target.info();
    }

    @Override
    public String description() {
        return "TornadoVM's %s".formatted(target.device().getPlatformName());
    }

    @Override
    public WorkItem workItem() {
        return kernels.workItem();
    }

    @Override
    public List<String> kernels() {
        return kernels.launched();
    }

    @Override
    public Support supports(Op op, Numerics numerics) {
        return kernels.supports(op, numerics);
    }

    @Override
    public Set<DType> cacheTypes() {
        return kernels.cacheTypes();
    }

    @Override
    public Optional<Tiling> tiling() {
        return kernels.tiles()
                ? Optional.of(new Tiling(target.mostItems(), target.localBytes(), false, cache))
                : Optional.empty();
    }

    @Override
    public void build(String kernel) {
        kernels.find(kernel);
    }

    @Override
    public DeviceMemory allocate(long bytes, MemoryUse use) {
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

    @Override
    public Recording record(List<Command> commands) {
        List<Runnable> steps = now(() -> steps(commands));
        return new Recording() {
            @Override
            public Completion submit() {
                return new Ending(CompletableFuture.runAsync(() -> steps.forEach(Runnable::run), worker));
            }

            @Override
            public void close() {
                // Graphs stay for other recordings of the same kernels.
            }
        };
    }

    private List<Runnable> steps(List<Command> commands) {
        List<Runnable> steps = new ArrayList<>();
        List<Command.Launch> launches = new ArrayList<>();
        for (Command command : commands) {
            if (!(command instanceof Command.Launch)) {
                cut(launches, steps);
            }
            switch (command) {
                case Command.Launch launch -> {
                    if (kernels.beginsGraph(kernels.name(launch))) {
                        cut(launches, steps);
                    }
                    launches.add(launch);
                    if (ENDS.contains(launch.kernel())) {
                        cut(launches, steps);
                    }
                }
                case Command.Upload(MemorySegment from, DeviceMemory to, long offset) ->
                    steps.add(() -> staging.upload(from, (DeviceArena.Piece) to, offset));
                case Command.Download(DeviceMemory from, long offset, MemorySegment to) ->
                    steps.add(() -> staging.download((DeviceArena.Piece) from, offset, to));
                case Command.Zero(DeviceMemory memory) -> steps.add(() -> arena.zero((DeviceArena.Piece) memory));
            }
        }
        cut(launches, steps);
        return steps;
    }

    /** Turns launches into a run of the batch that has their kernels. */
    private void cut(List<Command.Launch> launches, List<Runnable> steps) {
        if (!launches.isEmpty()) {
            List<Command.Launch> taken = List.copyOf(launches);
            Batch batch =
                    batches.computeIfAbsent(taken.stream().map(kernels::name).toList(), this::batch);
            steps.add(() -> batch.run(taken));
            launches.clear();
        }
    }

    private Batch batch(List<String> names) {
        return new Batch(
                arena.unique("batch" + batches.size()),
                names.stream().map(kernels::find).toList(),
                arena,
                target);
    }

    private <T> T now(Supplier<T> work) {
        return join(CompletableFuture.supplyAsync(work, worker));
    }

    private static <T> T join(CompletableFuture<T> end) {
        try {
            return end.join();
        } catch (CompletionException e) {
            throw switch (e.getCause()) {
                case BackendException known -> known;
                case TornadoOutOfMemoryException full -> failed(BackendException.Kind.OUT_OF_MEMORY, full);
                case OutOfMemoryError full -> failed(BackendException.Kind.OUT_OF_MEMORY, full);
                case VirtualMachineError fatal -> throw fatal;
                case Throwable other -> failed(BackendException.Kind.STEP_FAILED, other);
            };
        }
    }

    private static BackendException failed(BackendException.Kind kind, Throwable cause) {
        return new BackendException(kind, "TornadoVM failed: " + cause, cause);
    }

    /** The end of a submission. */
    private record Ending(CompletableFuture<Void> end) implements Completion {
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
