package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.program.Op;

/** Launches of linear layers that multiply bf16 by bf16. */
final class LinearLaunches {
    private final KernelChoice choice;

    LinearLaunches(KernelChoice choice) {
        this.choice = choice;
    }

    void plan(Op.Linear o, StepFrame step) {
        int rows = step.rows(o.x());
        Argument[] arguments = {
            Rounding.of(choice.workItem()).image(o.x(), step),
            OpLaunches.image(o.weight(), choice.form()),
            OpLaunches.vector(o.bias()),
            step.at(o.out()),
            of(rows),
            of(o.out().width()),
            of(o.x().width()),
            of(slices(o)),
            OpLaunches.flag(o.bias().isPresent())
        };
        multiply(rows, o.out().width(), arguments, step);
    }

    static int slices(Op.Linear o) {
        return o.split() == Op.Linear.Split.EIGHT_SLICES ? Constants.SLICES : 1;
    }

    private void multiply(int rows, int n, Argument[] arguments, StepFrame step) {
        switch (choice.workItem()) {
            case LANE, SIMPLE_LANE, WARP, WARP_GROUP -> {
                int groups = tiles(rows, Constants.LINEAR_ROWS, n, Constants.LINEAR_COLUMNS);
                step.launch("linear", groups, Constants.LINEAR_GROUP, arguments);
            }
            case VECTOR -> wide(rows, n, arguments, step);
        }
    }

    private static void wide(int rows, int n, Argument[] arguments, StepFrame step) {
        int columns = Constants.WIDE_TILE_COLUMNS;
        if (rows == 1) {
            step.vectors("linear_wide_row", tiles(1, 1, n, Constants.WIDE_ROW_COLUMNS), arguments);
        } else if (rows <= Constants.WIDE_TILE_ROWS) {
            step.vectors("linear_wide_tile", tiles(rows, Constants.WIDE_TILE_ROWS, n, columns), arguments);
        } else {
            step.vectors("linear_wide_tall", tiles(rows, Constants.WIDE_TALL_ROWS, n, columns), arguments);
        }
    }

    private static int tiles(int rows, int tileRows, int columns, int tileColumns) {
        return Math.multiplyExact(Math.ceilDiv(rows, tileRows), Math.ceilDiv(columns, tileColumns));
    }
}
