package dev.quire.kernels.portable;

import dev.quire.api.program.Op;
import dev.quire.api.program.Rotary;
import dev.quire.api.types.DType;
import java.util.List;

/** Stages on GPUs that have kernels of the CUDA family: layers of few rows on tensor cores, norms and rotations over as many work-items as there are elements. */
record WarpStages(StageArguments arguments) implements StageKernels {
    @Override
    public boolean launch(Stage stage, StepFrame step) {
        switch (stage) {
            case Stage.Siblings(List<Op.Linear> linears)
            when isFew(linears.getFirst(), step) -> WarpLinearLaunches.together(linears, step);
            case Stage.GatedLinears together
            when isFew(together.gate(), step) -> WarpLinearLaunches.gated(together, step);
            case Stage.ActivatedLinear(Op.Linear linear, Op.Activate activate)
            when isFew(linear, step) -> WarpLinearLaunches.activated(linear, activate, step);
            case Stage.AddNorm(Op.Add add, Op.RmsNorm norm) -> addNorm(add, norm, step);
            case Stage.RotateWrite together -> rotateWrite(together, step);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean isFew(Op.Linear linear, StepFrame step) {
        return step.rows(linear.x()) <= Constants.FEW_ROWS;
    }

    private void addNorm(Op.Add add, Op.RmsNorm norm, StepFrame step) {
        step.launch(
                "add_rms_norm",
                step.rows(add.out()),
                Constants.NORM_GROUP,
                arguments.addNorm(add, norm, step).toArray(Argument[]::new));
    }

    private void rotateWrite(Stage.RotateWrite o, StepFrame step) {
        Rotary rotary = o.queries().rotary();
        int parts = o.queries().headSize() - rotary.dim() / 2;
        DType type = step.cache(o.write().target().group()).dtype();
        step.elementwise(
                CacheKernels.own("rope_write", type),
                Math.multiplyExact(StageArguments.rotated(o, step), parts),
                arguments.rotateWrite(o, step));
    }
}
