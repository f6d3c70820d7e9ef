package dev.quire.backends.tornado.device;

import dev.quire.api.BackendException;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Operand;
import dev.quire.kernels.portable.WorkItem;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import uk.ac.manchester.tornado.api.TaskGraph;

/** Which task runs a kernel: a method in Java, or the portable kernel as a prebuilt task, whichever was measured to be the better. */
final class KernelTable {
    private static final String LINEAR = "linear";
    private static final int LINEAR_ROWS = 4;
    /** The same for one row, of which Java is the faster. */
    private static final String ROW = "linear of a row";

    /** Those that are methods in Java. */
    static final Map<String, Views.Kernel> JAVA = Map.of(
            "add",
            (graph, id, at, v) -> graph.task(id, ElementKernels::add, v.context(), at, v.parameters(), v.floats()),
            "scale",
            (graph, id, at, v) ->
                    graph.task(id, ElementKernels::scale, v.context(), at, v.parameters(), v.reals(), v.floats()),
            "gather_rows",
            (graph, id, at, v) ->
                    graph.task(id, ElementKernels::gatherRows, v.context(), at, v.parameters(), v.words()),
            "round_rows",
            (graph, id, at, v) ->
                    graph.task(id, ElementKernels::roundRows, v.context(), at, v.parameters(), v.floats(), v.halves()),
            "rope",
            (graph, id, at, v) ->
                    graph.task(id, ElementKernels::rope, v.context(), at, v.parameters(), v.words(), v.floats()),
            "write_kv",
            (graph, id, at, v) -> graph.task(
                    id, ElementKernels::writeKv, v.context(), at, v.parameters(), v.words(), v.floats(), v.halves()),
            LINEAR,
            KernelTable::linear,
            ROW,
            KernelTable::linear,
            "rms_norm",
            (graph, id, at, v) ->
                    graph.task(id, RowKernels::rmsNorm, v.context(), at, v.parameters(), v.reals(), v.floats()));

    /** Of these the ones that are slower by more than a quarter than the portable kernel that a device of OpenCL can take instead (ADR 13). */
    private static final Set<String> SLOWER = Set.of(LINEAR, "rope", "round_rows", "write_kv");

    private final Target target;
    private final PrebuiltKernels prebuilt;
    private final Map<String, Views.Kernel> java;
    private final Map<String, Views.Kernel> found = new HashMap<>();

    /** @param java the kernels that are not prebuilt */
    KernelTable(Target target, Map<String, Views.Kernel> java, PrebuiltKernels prebuilt) {
        this.target = target;
        this.java = java;
        this.prebuilt = prebuilt;
    }

    private static TaskGraph linear(TaskGraph graph, String id, int at, Views v) {
        return graph.task(id, LinearKernel::linear, v.context(), at, v.parameters(), v.floats(), v.halves());
    }

    /** The better of both for each kernel. */
    static KernelTable best(Target target, PrebuiltKernels prebuilt) {
        Map<String, Views.Kernel> java = new HashMap<>(JAVA);
        if (target.takesOpenCl()) {
            java.keySet().removeAll(SLOWER);
        }
        return new KernelTable(target, java, prebuilt);
    }

    WorkItem workItem() {
        return WorkItem.LANE;
    }

    /** Which kernel of this table a launch runs. */
    String name(Command.Launch launch) {
        boolean row = launch.kernel().equals(LINEAR)
                && launch.operands().get(LINEAR_ROWS).equals(new Operand.Int(1));
        return row && java.containsKey(ROW) ? ROW : launch.kernel();
    }

    /** @throws BackendException of kind UNSUPPORTED if there is none for this device */
    Views.Kernel find(String kernel) {
        return found.computeIfAbsent(kernel, this::task);
    }

    /** Whether a kernel must be the first of its graph: TornadoVM 5.2 runs every prebuilt task of a graph with the code of the first task. */
    boolean beginsGraph(String kernel) {
        return !java.containsKey(kernel);
    }

    private Views.Kernel task(String kernel) {
        if (java.containsKey(kernel)) {
            return java.get(kernel);
        }
        if (!target.takesOpenCl()) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "kernel %s is written in OpenCL C, which %s does not take; choose a device of the SDK's OpenCL backend"
                            .formatted(kernel, target.info().name()));
        }
        return prebuilt.task(kernel);
    }
}
