package dev.quire.backends.tornado.device;

import dev.quire.backends.tornado.graphs.Row;
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
 *
 * <p>TornadoVM 5.2 runs every prebuilt task of a graph with the code of the first one, but looks code up in the plan by a task's id and its method's name.
 * So each prebuilt task of several stands in a graph of its own, which is compiled and never run, and a method of its name and id in the graph that runs.
 */
final class Batch implements Row.Graph {
    /** Parameters of a launch at most. */
    static final int STRIDE = 32;

    private final IntArray parameters;
    private final FloatArray reals;
    private final List<WorkerGrid1D> grids = new ArrayList<>();
    private final Plan plan;

    /**
     * @param name unlike that of any other graph
     * @param names of kernels
     */
    Batch(String name, List<String> names, KernelTable kernels, DeviceArena arena, Target target) {
        parameters = new IntArray((names.size() + 1) * STRIDE);
        parameters.init(0);
        reals = new FloatArray(names.size() * STRIDE);
        Views views = new Views(parameters, reals);
        TaskGraph graph = new TaskGraph(name).transferToDevice(DataTransferMode.EVERY_EXECUTION, parameters);
        GridScheduler scheduler = new GridScheduler();
        List<TaskGraph> carriers = new ArrayList<>();
        boolean alone = names.size() == 1;
        for (int i = 0; i < names.size(); i++) {
            String kernel = names.get(i);
            String carrier = "k" + i;
            if (kernels.isPrebuilt(kernel) && !alone) {
                carriers.add(carrier(name + "." + carrier, kernels.find(kernel), i));
                graph.task(
                        carrier + ".t",
                        PrebuiltKernels::prebuilt,
                        views.context(),
                        i * STRIDE,
                        parameters,
                        views.words());
            } else {
                kernels.find(kernel).add(graph, carrier + ".t", i * STRIDE, views);
            }
            grids.add(grid(scheduler, name + "." + carrier + ".t"));
        }
        if (kernels.isPrebuilt(names.getLast()) && !alone) {
            graph.task(
                    "end", PrebuiltKernels::nothing, views.context(), names.size() * STRIDE, parameters, views.words());
            grid(scheduler, name + ".end");
        }
        if (views.readsReals()) {
            graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, reals);
        }
        plan = new Plan(arena.plan(graph, carriers, views.taken()), DeviceArena.ADDED, scheduler, target);
        for (int i = 0; i < carriers.size(); i++) {
            plan.compile(DeviceArena.ADDED + 1 + i);
        }
        if (!alone || kernels.isPrebuilt(names.getFirst())) {
            // while a prebuilt task's file is there, and before a run that fails half way has changed memory
            plan.compile(DeviceArena.ADDED);
        }
    }

    private static WorkerGrid1D grid(GridScheduler scheduler, String task) {
        WorkerGrid1D grid = new WorkerGrid1D(1);
        scheduler.addWorkerGrid(task, grid);
        return grid;
    }

    /** A graph that is there for the code of its task. */
    private TaskGraph carrier(String name, Views.Kernel kernel, int index) {
        Views views = new Views(parameters, reals);
        TaskGraph graph = new TaskGraph(name).transferToDevice(DataTransferMode.EVERY_EXECUTION, parameters);
        kernel.add(graph, "t", index * STRIDE, views);
        Object[] used = views.taken();
        return graph.transferToDevice(DataTransferMode.UNDER_DEMAND, used).persistOnDevice(used);
    }

    @Override
    public void run(List<Command.Launch> launches) {
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
            case Operand.Tensor tensor -> throw new IllegalStateException("only warp groups take a tensor: " + tensor);
            case Operand.Nowhere() -> 0;
            case Operand.Int(int value) -> value;
            case Operand.Real(float value) -> Float.floatToRawIntBits(value);
        };
    }
}
