package dev.quire.kernels.portable;

import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Value;

/**
 * The parts of rows by their experts, in tiles of parts of one expert: what {@code sort_parts} makes, once for all layers that read the same numbers.
 *
 * @param experts the numbers
 * @param count how many experts there are
 */
record PartOrder(Value experts, int count) {
    static PartOrder of(ExpertOp.ExpertLinear linear) {
        return new PartOrder(linear.experts(), linear.weights().size());
    }

    /** Tiles that are enough however rows choose: each expert that is chosen may leave one tile with a single part. */
    int tiles(long parts) {
        long begun = Math.min(count, parts);
        return Math.toIntExact((parts + begun * (Constants.LINEAR_ROWS - 1)) / Constants.LINEAR_ROWS);
    }

    long bytes(long rows) {
        long parts = rows * experts.width();
        return (parts + (long) Constants.TILE_INTS * tiles(parts)) * Integer.BYTES;
    }

    /** Where it lies: made for the first layer that asks for it. */
    Argument at(StepFrame step) {
        Tenant order = new Tenant.Sorted(this);
        if (step.first(order)) {
            int parts = step.elements(experts);
            StepCheck.buffer(experts, step.rows(experts), step.mostRows(experts));
            step.launch(
                    "sort_parts",
                    parts == 0 ? 0 : 1,
                    Constants.SAMPLE_GROUP,
                    step.at(experts),
                    step.at(order),
                    Argument.of(parts),
                    Argument.of(count),
                    Argument.of(tiles(parts)));
        }
        return step.at(order);
    }
}
