package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.program.Op;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.KernelName;
import dev.quire.kernels.portable.WeightImage.Form;
import java.util.List;
import java.util.Map;

/** Launches of linear layers in FAST: matrices stay as they are stored and are decoded in registers; activations are not rounded. */
final class StoredLinearLaunches {
    private final WorkItem workItem;

    StoredLinearLaunches(WorkItem workItem) {
        this.workItem = workItem;
    }

    /** Kernels for matrices of a format, beyond those of the work-item. */
    List<String> kernels(WeightFormat format) {
        return switch (workItem) {
            case LANE, SIMPLE_LANE, WARP, WARP_GROUP -> List.of();
            case VECTOR -> List.of(row(format), tile(format), tall(format));
        };
    }

    void plan(Op.Linear o, StepFrame step) {
        int rows = step.rows(o.x());
        int n = o.out().width();
        WeightRef weight = o.weight();
        Argument x = step.at(o.x());
        Argument image = OpLaunches.image(weight, Form.STORED);
        Argument bias = OpLaunches.vector(o.bias());
        Argument biased = OpLaunches.flag(o.bias().isPresent());
        Argument rowBytes = of(WeightImage.rowBytes(weight));
        Argument y = step.at(o.out());
        Argument k = of(o.x().width());
        switch (workItem) {
            case LANE, SIMPLE_LANE, WARP, WARP_GROUP -> {
                int groups = tiles(rows, Constants.LINEAR_ROWS, n, Constants.LINEAR_COLUMNS);
                Argument format = of(weight.format().ordinal());
                step.launch(
                        "linear_stored",
                        groups,
                        Constants.LINEAR_GROUP,
                        x,
                        image,
                        bias,
                        y,
                        of(rows),
                        of(n),
                        k,
                        rowBytes,
                        biased,
                        format);
            }
            case VECTOR -> {
                Argument[] arguments = {x, image, bias, y, of(rows), of(n), k, rowBytes, biased};
                wide(weight.format(), rows, n, arguments, step);
            }
        }
    }

    private static void wide(WeightFormat format, int rows, int n, Argument[] arguments, StepFrame step) {
        int columns = Constants.WIDE_TILE_COLUMNS;
        if (rows == 1) {
            step.vectors(row(format), tiles(1, 1, n, Constants.WIDE_STORED_COLUMNS), arguments);
        } else if (rows <= Constants.WIDE_TILE_ROWS) {
            step.vectors(tile(format), tiles(rows, Constants.WIDE_TILE_ROWS, n, columns), arguments);
        } else {
            step.vectors(tall(format), tiles(rows, Constants.WIDE_STORED_ROWS, n, columns), arguments);
        }
    }

    private static String row(WeightFormat format) {
        return variant("linear_stored_row", format);
    }

    private static String tile(WeightFormat format) {
        return variant("linear_stored_tile", format);
    }

    private static String tall(WeightFormat format) {
        return variant("linear_stored_tall", format);
    }

    private static String variant(String function, WeightFormat format) {
        return new KernelName(function, Map.of("FORMAT", "FORMAT_" + format)).toString();
    }

    private static int tiles(int rows, int tileRows, int columns, int tileColumns) {
        return Math.multiplyExact(Math.ceilDiv(rows, tileRows), Math.ceilDiv(columns, tileColumns));
    }
}
