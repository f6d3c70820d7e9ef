package dev.quire.backends.tornado;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The way between host memory and the arena: arrays of four sizes that are transferred whole, and a kernel that copies at the device's end. */
final class Staging {
    private static final List<Integer> SIZES = List.of(1 << 12, 1 << 16, 1 << 20, 1 << 24);

    private final List<Way> ins;
    private final List<Way> outs;

    /** One direction of one size. */
    private static final class Way {
        private final IntArray staging;
        private final IntArray parameters = new IntArray(3);
        private final WorkerGrid1D grid = new WorkerGrid1D(Copies.GROUP);
        private final Plan plan;

        private Way(int bytes, boolean in, DeviceArena arena, Target target) {
            staging = new IntArray(bytes / Integer.BYTES);
            String name = (in ? "in" : "out") + bytes;
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
            plan = new Plan(arena.plan(graph, words), 1, grids, target);
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
        ins = SIZES.stream().map(bytes -> new Way(bytes, true, arena, target)).toList();
        outs = SIZES.stream().map(bytes -> new Way(bytes, false, arena, target)).toList();
    }

    private static Way fitting(List<Way> ways, long bytes) {
        return ways.get(IntStream.range(0, ways.size())
                .filter(i -> ways.get(i).bytes() >= bytes)
                .findFirst()
                .orElse(ways.size() - 1));
    }

    void upload(MemorySegment from, DeviceArena.Piece to, long offset) {
        for (long at = 0; at < from.byteSize(); ) {
            Way way = fitting(ins, from.byteSize() - at);
            int bytes = (int) Math.min(way.bytes(), from.byteSize() - at);
            MemorySegment.copy(from, at, way.staging.getSegment(), 0, bytes);
            int rest = bytes % Integer.BYTES;
            way.run(to.word(offset + at), bytes / Integer.BYTES, (1 << (Byte.SIZE * rest)) - 1);
            at += bytes;
        }
    }

    void download(DeviceArena.Piece from, long offset, MemorySegment to) {
        for (long at = 0; at < to.byteSize(); ) {
            Way way = fitting(outs, to.byteSize() - at);
            int bytes = (int) Math.min(way.bytes(), to.byteSize() - at);
            way.run(from.word(offset + at), Math.ceilDiv(bytes, Integer.BYTES), 0);
            MemorySegment.copy(way.staging.getSegment(), 0, to, at, bytes);
            at += bytes;
        }
    }
}
