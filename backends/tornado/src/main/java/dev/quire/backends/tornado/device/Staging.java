package dev.quire.backends.tornado.device;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The way between host memory and the arena: arrays of some sizes that are transferred whole, and a kernel that copies at the device's end. */
final class Staging {
    /** In bytes: each twice the one before, so that less than half of a transfer is for nothing. */
    private static final List<Integer> SIZES =
            IntStream.rangeClosed(12, 24).mapToObj(bits -> 1 << bits).toList();

    private final DeviceArena arena;
    private final Target target;
    private final Map<Integer, Way> ins = new HashMap<>();
    private final Map<Integer, Way> outs = new HashMap<>();

    /** One direction of one size, made when it is first used. */
    private static final class Way {
        private final IntArray staging;
        private final IntArray parameters = new IntArray(3);
        private final WorkerGrid1D grid = new WorkerGrid1D(Copies.GROUP);
        private final Plan plan;

        private Way(int bytes, boolean in, DeviceArena arena, Target target) {
            staging = new IntArray(bytes / Integer.BYTES);
            String name = arena.unique((in ? "in" : "out") + bytes);
            IntArray words = new IntArray(1);
            KernelContext context = new KernelContext();
            TaskGraph graph = new TaskGraph(name).transferToDevice(DataTransferMode.EVERY_EXECUTION, parameters);
            if (in) {
                graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, staging)
                        .task("copy", Copies::in, context, parameters, words, staging);
            } else {
                graph.task("copy", Copies::out, context, parameters, words, staging)
                        .transferToHost(DataTransferMode.EVERY_EXECUTION, staging);
            }
            grid.setLocalWork(Copies.GROUP, 1, 1);
            GridScheduler grids = new GridScheduler(name + ".copy", grid);
            plan = new Plan(arena.plan(graph, List.of(), words), DeviceArena.ADDED, grids, target);
        }

        private int bytes() {
            return staging.getSize() * Integer.BYTES;
        }

        private void run(int first, int words, int bits) {
            parameters.set(0, first);
            parameters.set(1, words);
            parameters.set(2, bits);
            grid.setGlobalWork((words / Copies.GROUP + 1L) * Copies.GROUP, 1, 1);
            plan.run();
        }
    }

    Staging(DeviceArena arena, Target target) {
        this.arena = arena;
        this.target = target;
    }

    private Way in(long bytes) {
        return ins.computeIfAbsent(fitting(bytes), size -> new Way(size, true, arena, target));
    }

    private Way out(long bytes) {
        return outs.computeIfAbsent(fitting(bytes), size -> new Way(size, false, arena, target));
    }

    private static int fitting(long bytes) {
        return SIZES.stream().filter(size -> size >= bytes).findFirst().orElse(SIZES.getLast());
    }

    void upload(MemorySegment from, DeviceArena.Piece to, long offset) {
        for (long at = 0; at < from.byteSize(); ) {
            Way way = in(from.byteSize() - at);
            int bytes = (int) Math.min(way.bytes(), from.byteSize() - at);
            MemorySegment.copy(from, at, way.staging.getSegment(), 0, bytes);
            int rest = bytes % Integer.BYTES;
            way.run(to.word(offset + at), bytes / Integer.BYTES, (1 << (Byte.SIZE * rest)) - 1);
            at += bytes;
        }
    }

    void download(DeviceArena.Piece from, long offset, MemorySegment to) {
        for (long at = 0; at < to.byteSize(); ) {
            Way way = out(to.byteSize() - at);
            int bytes = (int) Math.min(way.bytes(), to.byteSize() - at);
            way.run(from.word(offset + at), Math.ceilDiv(bytes, Integer.BYTES), 0);
            MemorySegment.copy(way.staging.getSegment(), 0, to, at, bytes);
            at += bytes;
        }
    }
}
