package dev.quire.kernels.portable;

/** Launches of stages of several ops: on processors, and on GPUs that have kernels for them. */
final class FusedLaunches {
    private final OpLaunches single;
    private final StageKernels kernels;

    /** @param single plans the ops of a stage that a step does not allow to be launched together */
    FusedLaunches(OpLaunches single, AttendLaunches attention, TablePool tables, KernelChoice choice) {
        this.single = single;
        StageArguments arguments = new StageArguments(attention, tables);
        this.kernels = choice.tensorCores() ? new WarpStages(arguments) : new VectorStages(arguments, choice.form());
    }

    /** @param index of the stage's first op in its program */
    void plan(int index, Stage stage, StepFrame step) {
        if (!kernels.launch(stage, step)) {
            for (int i = 0; i < stage.ops().size(); i++) {
                single.plan(index + i, stage.ops().get(i), step);
            }
        }
    }
}
