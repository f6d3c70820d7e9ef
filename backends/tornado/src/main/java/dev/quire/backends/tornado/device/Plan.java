package dev.quire.backends.tornado.device;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/** An execution plan, one graph of which is run. Plans have queues of their own, so a run lasts until the device has ended it. */
final class Plan {
    private final TornadoExecutionPlan plan;
    private final TornadoDevice device;
    private final int graph;

    /** @param graph the index of the one that {@link #run} runs */
    Plan(TornadoExecutionPlan plan, int graph, GridScheduler grids, Target target) {
        this.plan = plan;
        this.device = target.device();
        this.graph = graph;
        if (device != TornadoExecutionPlan.DEFAULT_DEVICE) plan.withDevice(device);
        plan.withGridScheduler(grids);
    }

    /** Compiles another graph's tasks. */
    void compile(int other) {
        plan.withGraph(other).withPreCompilation();
    }

    /** Each run asks for its graph anew: the plan object that answers keeps the results of its runs for good, and goes. */
    void run() {
        plan.withGraph(graph).execute();
        device.sync(plan.getId());
    }
}
