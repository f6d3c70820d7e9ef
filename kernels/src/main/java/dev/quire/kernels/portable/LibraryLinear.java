package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.program.Op;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.portable.WeightImage.Form;
import java.util.Set;

/**
 * Linear layers that a vendor's library multiplies, in FAST. A plan launches them as it launches kernels, under the name {@link #KERNEL}, with x, matrix,
 * bias, y, workspace, rows, columns of y, columns of x, the matrix's format, whether there is a bias, and the workspace's bytes. x is bf16 where the matrix
 * is, else float32; bias and y are float32. All are row-major.
 *
 * @param formats of matrices that the library takes, of {@link WeightFormat#BF16} and {@link WeightFormat#F32}
 * @param workspaceBytes what the library may use while it multiplies; part of the plan's workspace
 */
public record LibraryLinear(Set<WeightFormat> formats, int workspaceBytes) {
    /** What its launches name instead of a kernel. */
    public static final String KERNEL = "library_linear";
    /** Up to here kernels of ours, which stream the matrix once, are as fast. */
    public static final int OWN_ROWS = 8;

    static final String WORKSPACE = "library";
    /** Libraries load 16 bytes at a time, and are slow where rows begin anywhere else. */
    private static final int ALIGNED_COLUMNS = 8;

    public LibraryLinear {
        formats = Set.copyOf(formats);
        if (!Set.of(WeightFormat.BF16, WeightFormat.F32).containsAll(formats)) {
            throw new IllegalArgumentException("libraries multiply BF16 and F32, not all of " + formats);
        }
    }

    /** Whether a layer suits it, whatever the rows. */
    boolean suits(Op.Linear o) {
        return formats.contains(o.weight().format())
                && o.x().width() % ALIGNED_COLUMNS == 0
                && o.out().width() % ALIGNED_COLUMNS == 0;
    }

    /** Whether so many rows are better left to it. */
    boolean wins(int rows) {
        return rows > OWN_ROWS;
    }

    /** @param index of the op in its program */
    void plan(int index, Op.Linear o, StepFrame step) {
        WeightFormat format = o.weight().format();
        step.launch(
                KERNEL,
                1,
                1,
                format == WeightFormat.BF16 ? Rounding.SHORTS.image(o.x(), step) : step.at(o.x()),
                OpLaunches.image(o.weight(), Form.STORED),
                OpLaunches.vector(o.bias()),
                step.at(o.out()),
                step.at(new Tenant.Scratch(index, WORKSPACE)),
                of(step.rows(o.x())),
                of(o.out().width()),
                of(o.x().width()),
                of(format.ordinal()),
                OpLaunches.flag(o.bias().isPresent()),
                of(workspaceBytes));
    }
}
