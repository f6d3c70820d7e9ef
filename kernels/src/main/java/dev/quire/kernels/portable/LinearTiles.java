package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.program.Op;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.KernelName;
import dev.quire.kernels.portable.WeightImage.Form;
import java.util.List;
import java.util.Map;

/**
 * How linear layers run on a GPU in FAST: matrices stay as they are stored and are decoded on their way to local memory, tile by tile. All shapes of tiles
 * give the same bits; sub-groups, which take a single row, add in another order.
 *
 * @param shapes by format, one for each that a program has
 * @param subGroups whether the device has sub-groups
 */
public record LinearTiles(Map<WeightFormat, TileShape> shapes, boolean subGroups) {
    /** Rows that sub-groups take, each reading the matrix for itself. */
    private static final int FEW_ROWS = 1;

    private static final int MOST_GROUPS = 1 << 16;

    /** The kernel of norms over whole sub-groups. */
    static final String NORM = "rms_norm_sub_group";

    public LinearTiles {
        shapes = Map.copyOf(shapes);
    }

    /** The kernel for single rows and matrices of a format. */
    static String row(WeightFormat format) {
        return new KernelName("linear_sub_group", Map.of("FORMAT", "FORMAT_" + format)).toString();
    }

    /** Kernels for matrices of a format. */
    List<String> kernels(WeightFormat format) {
        String tiled = shapes.get(format).kernel(format);
        return subGroups ? List.of(tiled, row(format)) : List.of(tiled);
    }

    void plan(Op.Linear o, StepFrame step) {
        WeightRef weight = o.weight();
        int rows = step.rows(o.x());
        int n = o.out().width();
        Argument[] arguments = {
            step.at(o.x()),
            OpLaunches.image(weight, Form.STORED),
            OpLaunches.vector(o.bias()),
            step.at(o.out()),
            of(rows),
            of(n),
            of(o.x().width()),
            of(WeightImage.rowBytes(weight)),
            OpLaunches.flag(o.bias().isPresent())
        };
        if (subGroups && rows <= FEW_ROWS) {
            step.launch(row(weight.format()), groups(rows * n), Constants.LINEAR_GROUP, arguments);
        } else {
            TileShape shape = shapes.get(weight.format());
            step.launch(shape.kernel(weight.format()), shape.groups(rows, n), shape.groupSize(), arguments);
        }
    }

    /** Groups for so many sub-groups, of which a group has at least as many as it has lanes of 32. */
    static int groups(int subGroups) {
        return Math.min(MOST_GROUPS, Math.ceilDiv(subGroups, Constants.LINEAR_GROUP / Constants.LANES));
    }
}
