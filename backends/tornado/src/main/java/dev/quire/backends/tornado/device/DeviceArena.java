package dev.quire.backends.tornado.device;

import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.portable.Region;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * All memory of a device as one array of words, allocated once, which persists there. Every other task graph sees it through {@link Views}. Pieces of
 * it are given out first fit; that needs no call of the device.
 */
final class DeviceArena implements AutoCloseable {
    /** Where {@link #plan} puts the graph that runs. */
    static final int ADDED = 1;

    private static final String GRAPH = "arena";
    private static final String TASK = "zero";

    private final Arena pages = Arena.ofShared();
    private final IntArray words;
    private final IntArray parameters = new IntArray(2);
    private final WorkerGrid1D grid = new WorkerGrid1D(Copies.GROUP);
    private final ImmutableTaskGraph graph;
    private final TornadoExecutionPlan owner;
    private final Plan plan;
    private final long bytes;
    private final Piece first;
    private final TreeMap<Long, Long> free = new TreeMap<>();
    private final List<TornadoExecutionPlan> plans = new ArrayList<>();

    /**
     * Allocates it.
     *
     * @throws OutOfMemoryError if the machine has not as much memory
     */
    DeviceArena(Target target) {
        this.bytes = target.info().memoryBytes() / Region.ALIGNMENT * Region.ALIGNMENT - Region.ALIGNMENT;
        this.words = IntArray.fromSegmentShallow(HostPages.allocate(bytes + TornadoNativeArray.ARRAY_HEADER, pages));
        this.graph = new TaskGraph(GRAPH)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, parameters)
                .transferToDevice(DataTransferMode.UNDER_DEMAND, words)
                .task(TASK, Copies::zero, new KernelContext(), parameters, words)
                .persistOnDevice(words)
                .snapshot();
        this.owner = new TornadoExecutionPlan(graph);
        plans.add(owner);
        grid.setLocalWork(Copies.GROUP, 1, 1);
        this.plan = new Plan(owner, 0, new GridScheduler(GRAPH + "." + TASK, grid), target);
        this.first = new Piece(0, Region.aligned(Arithmetic.TABLES * (long) Float.BYTES));
        free.put(first.bytes(), bytes - first.bytes());
        try {
            zero(first);
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

    /** A piece of the arena. */
    final class Piece implements DeviceMemory {
        private final long from;
        private final long length;

        private Piece(long from, long length) {
            this.from = from;
            this.length = length;
        }

        /** Words from the start of the arena. */
        int word(long offset) {
            if (offset % Integer.BYTES != 0) {
                throw new IllegalArgumentException("an offset of %d bytes is not one of words".formatted(offset));
            }
            return (int) ((from + offset) / Integer.BYTES);
        }

        @Override
        public long bytes() {
            return length;
        }

        @Override
        public Optional<MemorySegment> host() {
            return Optional.empty();
        }

        @Override
        public void close() {
            give(from, Region.aligned(length));
        }
    }

    /** A piece, empty where no gap is large enough. */
    Optional<Piece> allocate(long wanted) {
        long size = Region.aligned(wanted);
        for (Map.Entry<Long, Long> gap : free.entrySet()) {
            if (gap.getValue() >= size) {
                long from = gap.getKey();
                long rest = free.remove(from) - size;
                if (rest > 0) {
                    free.put(from + size, rest);
                }
                return Optional.of(new Piece(from, wanted));
            }
        }
        return Optional.empty();
    }

    /** The piece at the start, for {@link Arithmetic}'s tables. */
    Piece first() {
        return first;
    }

    /** A name for a graph that no graph over another arena has: TornadoVM finds code by it. */
    String unique(String name) {
        return name + "of" + Long.toHexString(words.getSegment().address());
    }

    /** Whether nothing is allocated. */
    boolean isFree() {
        return largest() == bytes - first.bytes();
    }

    /** The largest piece that there is. */
    long largest() {
        return free.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    private void give(long from, long size) {
        long start = from;
        long end = from + size;
        Map.Entry<Long, Long> before = free.floorEntry(from);
        if (before != null && before.getKey() + before.getValue() == start) {
            start = before.getKey();
        }
        Long behind = free.remove(end);
        free.put(start, (behind == null ? end : end + behind) - start);
    }

    /** Fills a piece with zeros. */
    void zero(Piece piece) {
        int count = Math.toIntExact(Region.aligned(piece.bytes()) / Integer.BYTES);
        parameters.set(0, piece.word(0));
        parameters.set(1, count);
        grid.setGlobalWork(Math.ceilDiv(count, Copies.GROUP) * (long) Copies.GROUP, 1, 1);
        plan.run();
    }

    /**
     * A plan whose graph {@link #ADDED} is the given one. Its views become the arena; nothing is copied to them or from them. It lives as long as the arena,
     * since TornadoVM frees what all graphs of a plan hold at once.
     *
     * @param others further graphs, from {@link #ADDED} + 1 on
     */
    TornadoExecutionPlan plan(TaskGraph added, List<TaskGraph> others, Object... views) {
        added.transferToDevice(DataTransferMode.UNDER_DEMAND, views).persistOnDevice(views);
        List<ImmutableTaskGraph> graphs = new ArrayList<>(List.of(graph, added.snapshot()));
        others.forEach(other -> graphs.add(other.snapshot()));
        TornadoExecutionPlan all = new TornadoExecutionPlan(graphs.toArray(ImmutableTaskGraph[]::new));
        plans.add(all);
        for (Object view : views) {
            all.mapOnDeviceMemoryRegion(view, words, 0, 0, ADDED);
        }
        return all;
    }

    /** Frees the arena and what the graphs of all plans hold on the device: their parameters, staging, queues and code. */
    @Override
    public void close() {
        List<Exception> failures = new ArrayList<>();
        for (TornadoExecutionPlan each : plans) {
            try {
                each.close();
            } catch (TornadoExecutionPlanException | RuntimeException e) {
                failures.add(e);
            }
        }
        pages.close();
        if (!failures.isEmpty()) {
            IllegalStateException failed = new IllegalStateException("TornadoVM does not free the device's memory");
            failures.forEach(failed::addSuppressed);
            throw failed;
        }
    }
}
