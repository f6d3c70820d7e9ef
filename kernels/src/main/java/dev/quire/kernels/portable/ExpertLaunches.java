package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.kernels.portable.WeightImage.Form;

/** Launches of mixtures of experts. Which rows go where is known on the device alone, so every expert looks at every row. */
final class ExpertLaunches {
    private ExpertLaunches() {}

    static void plan(ExpertOp op, StepFrame step) {
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

    private static void linear(ExpertOp.ExpertLinear o, StepFrame step) {
        int chosen = o.experts().width();
        int parts = Math.multiplyExact(step.rows(o.x()), chosen);
        int n = o.weights().getFirst().rows();
        int tiles = Math.ceilDiv(n, Constants.LINEAR_COLUMNS);
        int groups = Math.multiplyExact(tiles, Math.ceilDiv(parts, Constants.LINEAR_ROWS));
        Argument image = Rounding.SHORTS.image(o.x(), step);
        for (int expert = 0; expert < o.weights().size(); expert++) {
            step.launch(
                    "expert_linear",
                    groups,
                    Constants.LINEAR_GROUP,
                    image,
                    OpLaunches.image(o.weights().get(expert), Form.MATRIX),
                    step.at(o.experts()),
                    step.at(o.out()),
                    of(expert),
                    of(parts),
                    of(chosen),
                    of(n),
                    of(o.weights().getFirst().columns()),
                    of(o.split() == Op.Linear.Split.EIGHT_SLICES ? Constants.SLICES : 1),
                    OpLaunches.flag(o.shared()));
        }
    }
}
