package dev.quire.backends.tornado.device;

import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Operand;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * A task graph for kernels in one order, each the task of a launch. Where launches point, their scalars and their grids change from run to run; the
 * first two travel in one array, a pointer as words from the start of the arena.
 */
final class Batch {
    /** Parameters of a launch at most. */
    static final int STRIDE = 32;

    private final IntArray parameters;
    private final FloatArray reals;
    private final List<WorkerGrid1D> grids = new ArrayList<>();
    private final Plan plan;

    /** @param name unlike that of any other graph */
    Batch(String name, List<Views.Kernel> kernels, DeviceArena arena, Target target) {
        parameters = new IntArray(kernels.size() * STRIDE);
        reals = new FloatArray(kernels.size() * STRIDE);
        Views views = new Views(parameters, reals);
        TaskGraph graph = new TaskGraph(name).transferToDevice(DataTransferMode.EVERY_EXECUTION, parameters);
        GridScheduler scheduler = new GridScheduler();
        for (int i = 0; i < kernels.size(); i++) {
            String id = "t" + i;
            kernels.get(i).add(graph, id, i * STRIDE, views);
            WorkerGrid1D grid = new WorkerGrid1D(1);
            scheduler.addWorkerGrid(name + "." + id, grid);
            grids.add(grid);
        }
        if (views.readsReals()) {
            graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, reals);
        }
        Object[] used = views.taken();
        plan = new Plan(arena.plan(graph, used), 1, scheduler, target);
    }

    /** Runs launches of its kernels, and returns when they have ended. */
    void run(List<Command.Launch> launches) {
        for (int i = 0; i < launches.size(); i++) {
            Command.Launch launch = launches.get(i);
            if (launch.operands().size() > STRIDE) {
                throw new IllegalArgumentException("kernel %s has %d parameters; a launch has at most %d"
                        .formatted(launch.kernel(), launch.operands().size(), STRIDE));
            }
            int at = i * STRIDE;
            for (Operand operand : launch.operands()) {
                if (operand instanceof Operand.Real(float value)) {
                    reals.set(at, value);
                }
                parameters.set(at++, word(operand));
            }
            grids.get(i).setGlobalWork((long) launch.groups() * launch.groupSize(), 1, 1);
            grids.get(i).setLocalWork(launch.groupSize(), 1, 1);
        }
        plan.run();
    }

    private static int word(Operand operand) {
        return switch (operand) {
            case Operand.Pointer(var memory, long offset) -> ((DeviceArena.Piece) memory).word(offset);
            case Operand.Nowhere() -> 0;
            case Operand.Int(int value) -> value;
            case Operand.Real(float value) -> Float.floatToRawIntBits(value);
        };
    }
}
