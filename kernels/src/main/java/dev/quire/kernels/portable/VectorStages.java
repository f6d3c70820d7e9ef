package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.NOWHERE;
import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.program.Op;
import dev.quire.api.types.DType;
import dev.quire.kernels.portable.WeightImage.Form;
import java.util.List;

/**
 * Stages on processors, where a work-item is a vector unit: layers of one row beside each other, and norms that also round what matrices multiply.
 *
 * @param form that matrices are multiplied in
 */
record VectorStages(StageArguments arguments, Form form) implements StageKernels {
    @Override
    public boolean launch(Stage stage, StepFrame step) {
        switch (stage) {
            case Stage.Siblings(List<Op.Linear> linears)
            when isRow(linears.getFirst(), step) -> siblings(linears, step);
            case Stage.GatedLinears together when isRow(together.gate(), step) -> gated(together, step);
            case Stage.AddNorm(Op.Add add, Op.RmsNorm norm) -> addNorm(add, norm, step);
            case Stage.RotateWrite together -> rotateWrite(together, step);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean isRow(Op.Linear linear, StepFrame step) {
        return step.rows(linear.x()) <= 1;
    }

    private void siblings(List<Op.Linear> linears, StepFrame step) {
        Op.Linear a = linears.get(0);
        Op.Linear b = linears.get(1);
        boolean three = linears.size() == 3;
        Op.Linear c = three ? linears.get(2) : b;
        int third = three ? c.out().width() : 0;
        step.vectors(
                "sibling_linears_row",
                runs(a.out().width()) + runs(b.out().width()) + runs(third),
                Rounding.FLOATS.image(a.x(), step),
                matrix(a),
                matrix(b),
                three ? matrix(c) : NOWHERE,
                OpLaunches.vector(a.bias()),
                OpLaunches.vector(b.bias()),
                three ? OpLaunches.vector(c.bias()) : NOWHERE,
                step.at(a.out()),
                step.at(b.out()),
                three ? step.at(c.out()) : NOWHERE,
                of(a.out().width()),
                of(b.out().width()),
                of(third),
                of(a.x().width()),
                of(LinearLaunches.slices(a)),
                OpLaunches.flag(a.bias().isPresent()),
                OpLaunches.flag(b.bias().isPresent()),
                OpLaunches.flag(c.bias().isPresent()));
    }

    private void gated(Stage.GatedLinears o, StepFrame step) {
        step.vectors(
                "gated_linears_row",
                runs(o.gated().out().width()),
                Rounding.FLOATS.image(o.gate().x(), step),
                matrix(o.gate()),
                matrix(o.up()),
                step.at(o.gated().out()),
                of(o.gated().out().width()),
                of(o.gate().x().width()),
                of(LinearLaunches.slices(o.gate())),
                of(o.gated().activation().ordinal()),
                step.rounded(o.gated().out()));
    }

    private void addNorm(Op.Add add, Op.RmsNorm norm, StepFrame step) {
        List<Argument> all = arguments.addNorm(add, norm, step);
        all.add(step.rounded(norm.out()));
        step.vectors("add_rms_norm_wide", step.rows(add.out()), all.toArray(Argument[]::new));
    }

    private void rotateWrite(Stage.RotateWrite o, StepFrame step) {
        DType type = step.cache(o.write().target().group()).dtype();
        step.vectors(
                CacheKernels.own("rope_write_wide", type),
                StageArguments.rotated(o, step),
                arguments.rotateWrite(o, step));
    }

    private Argument matrix(Op.Linear linear) {
        return OpLaunches.image(linear.weight(), form);
    }

    private static int runs(int columns) {
        return Math.ceilDiv(columns, Constants.WIDE_ROW_COLUMNS);
    }
}
