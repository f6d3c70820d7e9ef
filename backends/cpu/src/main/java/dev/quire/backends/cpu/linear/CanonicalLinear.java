package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Layers whose sums have the canonical order (RULES, N3, N5 and N6): weights and x rounded to bf16, float32 sums, 32 partial sums for each slice of
 * K. The result is one bit pattern, on any machine. A part of the work is some rows times some panels, and each panel is read once for each two rows.
 */
final class CanonicalLinear extends PanelLinear {
    /** Rows that are arranged together: computing them takes longer than reading the weights. */
    private static final int ROW_BLOCK = 256;

    private final CanonicalLayout layout;
    private final CanonicalScratch scratch;

    CanonicalLinear(
            WorkerPool pool,
            CanonicalLayout layout,
            Panels panels,
            MemorySegment packed,
            List<Optional<MemorySegment>> biases,
            CanonicalScratch scratch) {
        super(pool, layout.inputs(), panels, packed, biases);
        this.layout = layout;
        this.scratch = scratch;
    }

    @Override
    public String kernel() {
        return "canonical, %d-bit vectors".formatted(Float.SIZE * Lanes.COUNT);
    }

    @Override
    public Run begin(MemorySegment x, int rows, List<MemorySegment> ys) {
        RunCheck.check(this, x, rows, ys);
        return new Run() {
            /** Nothing: what a block of rows takes in the layout's order is too much to keep for all of them. */
            @Override
            public void ready(int from, int to) {}

            @Override
            public void multiply() {
                scratch.rows(inputs + 1);
                for (int first = 0; first < rows; first += ROW_BLOCK) {
                    runBlock(x, first, Math.min(ROW_BLOCK, rows - first), ys);
                }
            }
        };
    }

    private void runBlock(MemorySegment x, int first, int rows, List<MemorySegment> ys) {
        float[] arranged = scratch.arranged(Math.multiplyExact(rowSize(), rows));
        RowLoop.run(
                pool,
                rows,
                inputs,
                (row, worker) -> arrange(
                        x, 4L * (first + row) * inputs, scratch.tile(worker).row(), arranged, row * rowSize()));
        Grid grid = Grid.of(rows, panels.count(), pool.threads());
        pool.parallel(grid.parts(), (part, worker) -> share(grid, part, arranged, first, ys, scratch.tile(worker)));
    }

    /** Floats of a row of x as the kernel reads it. */
    private int rowSize() {
        return 2 * layout.words();
    }

    /** Brings the row at byte {@code from} of x into the layout's order, rounded, from {@code arranged[to]}. */
    private void arrange(MemorySegment x, long from, float[] values, float[] arranged, int to) {
        MemorySegment.copy(x, JAVA_FLOAT, from, values, 0, inputs);
        values[inputs] = 0;
        Bf16Rows.round(values, inputs);
        layout.arrange(values, arranged, to);
    }

    /** @param firstRow row of y that the grid's row 0 is */
    private void share(
            Grid grid, int part, float[] x, int firstRow, List<MemorySegment> ys, CanonicalScratch.Tile tile) {
        for (int panel = grid.firstPanel(part); panel < grid.endPanel(part); panel++) {
            int layer = panels.layerOf(panel);
            int stride = panels.outputs().get(layer);
            int column = panels.firstOutput(layer, panel);
            int columns = Math.min(Panels.WIDTH, stride - column);
            MemorySegment y = ys.get(layer);
            int first = grid.firstRow(part);
            int rows = grid.endRow(part) - first;
            for (int group = 0; group < columns; group += Lanes.GROUP) {
                int stored = Math.min(Lanes.GROUP, columns - group);
                for (int row = first; row < first + rows; row += 2) {
                    int second = Math.min(row + 1, first + rows - 1);
                    multiply(x, row, second, panel, group, tile);
                    long to = 4 * ((long) (firstRow + row) * stride + column + group);
                    MemorySegment.copy(tile.slices(), 0, y, JAVA_FLOAT, to, stored);
                    if (second > row) {
                        MemorySegment.copy(tile.slices(), Lanes.GROUP, y, JAVA_FLOAT, to + 4L * stride, stored);
                    }
                }
            }
            long to = 4 * ((long) (firstRow + first) * stride + column);
            addBias(layer, column, columns, rows, y, to);
        }
    }

    /** The outputs of two rows, from output {@code group} of a panel, to the tile's first slice. */
    private void multiply(float[] x, int row, int second, int panel, int group, CanonicalScratch.Tile tile) {
        int size = CanonicalScratch.Tile.SIZE;
        long weights = panel * CanonicalPacking.panelBytes(layout) + 4L * group;
        for (int slice = 0; slice < layout.slices(); slice++) {
            int word = layout.firstWord(slice);
            CanonicalTiles.partials(
                    x,
                    rowSize() * row + 2 * word,
                    rowSize() * second + 2 * word,
                    packed,
                    weights + 4L * Panels.WIDTH * word,
                    layout.steps(slice),
                    layout.longerRuns(slice),
                    tile.partials());
            CanonicalTiles.foldRuns(tile.partials(), tile.slices(), slice * size);
        }
        CanonicalTiles.fold(tile.slices(), layout.slices(), size);
    }
}
