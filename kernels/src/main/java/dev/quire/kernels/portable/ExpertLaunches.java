package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.WeightRef;
import java.util.ArrayList;
import java.util.List;

/** Launches of mixtures of experts. Which rows go where is known on the device alone: it sorts them, and one launch serves all experts. */
final class ExpertLaunches {
    private final KernelChoice choice;

    ExpertLaunches(KernelChoice choice) {
        this.choice = choice;
    }

    void plan(ExpertOp op, StepFrame step) {
        switch (op) {
            case ExpertOp.Route o -> route(o, step);
            case ExpertOp.ExpertLinear o -> linear(o, step);
            case ExpertOp.WeightedSum o -> {
                int n = step.elements(o.out());
                step.elementwise(
                        "weighted_sum",
                        n,
                        step.at(o.x()),
                        step.at(o.gates()),
                        step.at(o.out()),
                        of(n),
                        of(o.out().width()),
                        of(o.gates().width()));
            }
        }
    }

    private static void route(ExpertOp.Route o, StepFrame step) {
        step.launch(
                "route",
                step.rows(o.scores()),
                Constants.SAMPLE_GROUP,
                step.at(o.scores()),
                step.at(o.experts()),
                step.at(o.gates()),
                of(o.scores().width()),
                of(o.experts().width()),
                OpLaunches.flag(o.over() == ExpertOp.Route.Over.ALL));
    }

    /** The matrices of a layer's experts. */
    List<WeightStack> stacks(ExpertOp.ExpertLinear o) {
        return WeightStack.of(o.weights(), choice.form());
    }

    private void linear(ExpertOp.ExpertLinear o, StepFrame step) {
        WeightRef first = o.weights().getFirst();
        boolean rounded = choice.rounds(o);
        int chosen = o.experts().width();
        int parts = Math.multiplyExact(step.rows(o.x()), chosen);
        PartOrder order = PartOrder.of(o);
        int groups = Math.multiplyExact(Math.ceilDiv(first.rows(), Constants.LINEAR_COLUMNS), order.tiles(parts));
        Argument x = rounded ? Rounding.SHORTS.image(o.x(), step) : step.at(o.x());
        Argument sorted = order.at(step);
        int begin = 0;
        for (WeightStack stack : stacks(o)) {
            int end = begin + stack.images().size();
            List<Argument> arguments = new ArrayList<>(List.of(
                    x,
                    Argument.at(new Region.Stack(stack)),
                    sorted,
                    step.at(o.out()),
                    of(begin),
                    of(end),
                    stack.strides(),
                    of(parts),
                    of(chosen),
                    of(first.rows()),
                    of(first.columns())));
            if (rounded) {
                arguments.add(of(o.split() == Op.Linear.Split.EIGHT_SLICES ? Constants.SLICES : 1));
            } else {
                arguments.add(of(WeightImage.rowBytes(first)));
                arguments.add(of(first.format().ordinal()));
            }
            arguments.add(OpLaunches.flag(o.shared()));
            String kernel = rounded ? "expert_linear" : "expert_linear_stored";
            step.launch(kernel, groups, Constants.LINEAR_GROUP, arguments.toArray(Argument[]::new));
            begin = end;
        }
    }
}
