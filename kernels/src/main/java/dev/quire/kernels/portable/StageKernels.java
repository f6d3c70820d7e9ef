package dev.quire.kernels.portable;

/** The kernels that launch stages of several ops together on one kind of device. */
sealed interface StageKernels permits VectorStages, WarpStages {
    /**
     * Launches a stage, unless it is of a kind that these kernels do not know or its step has too many rows for them.
     *
     * @return whether it was launched
     */
    boolean launch(Stage stage, StepFrame step);
}
