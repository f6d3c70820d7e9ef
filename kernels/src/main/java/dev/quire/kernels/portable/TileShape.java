package dev.quire.kernels.portable;

import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.KernelName;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How {@code linear_tiled} cuts a product: the outputs of a work-group, and those of each of its work-items.
 *
 * @param rows of x that a work-group takes
 * @param columns of the product that it makes of them
 * @param itemRows rows of a work-item, a divisor of {@code rows}
 * @param itemColumns columns of a work-item, a divisor of {@code columns}
 */
public record TileShape(int rows, int columns, int itemRows, int itemColumns) {
    /** What devices choose from, those that need the least first. */
    public static final List<TileShape> ALL = List.of(
            new TileShape(16, 32, 2, 4),
            new TileShape(32, 64, 4, 4),
            new TileShape(64, 64, 4, 4),
            new TileShape(128, 64, 8, 8));

    public TileShape {
        if (rows % itemRows != 0 || columns % itemColumns != 0) {
            throw new IllegalArgumentException("work-items of %d x %d do not fill a tile of %d x %d"
                    .formatted(itemRows, itemColumns, rows, columns));
        }
    }

    /** The kernels of all formats in all shapes. */
    public static List<String> kernels() {
        return Arrays.stream(WeightFormat.values())
                .flatMap(format -> ALL.stream().map(shape -> shape.kernel(format)))
                .toList();
    }

    /** Work-items of a group. */
    public int groupSize() {
        return rows / itemRows * (columns / itemColumns);
    }

    /** Bytes of local memory of a group: a piece of x and one of the matrix, with a column more against conflicts. */
    public int localBytes() {
        return Constants.LANES * (rows + 1 + columns + 1) * Float.BYTES;
    }

    /** Work-groups of a product. */
    public int groups(int ofRows, int ofColumns) {
        return Math.multiplyExact(Math.ceilDiv(ofRows, rows), Math.ceilDiv(ofColumns, columns));
    }

    /** The kernel for matrices of a format, as launches name it. */
    public String kernel(WeightFormat format) {
        return new KernelName(
                        "linear_tiled",
                        Map.of(
                                "FORMAT",
                                "FORMAT_" + format,
                                "TILE_ROWS",
                                Integer.toString(rows),
                                "TILE_COLUMNS",
                                Integer.toString(columns),
                                "ITEM_ROWS",
                                Integer.toString(itemRows),
                                "ITEM_COLUMNS",
                                Integer.toString(itemColumns)))
                .toString();
    }

    @Override
    public String toString() {
        return "%dx%d/%dx%d".formatted(rows, columns, itemRows, itemColumns);
    }
}
