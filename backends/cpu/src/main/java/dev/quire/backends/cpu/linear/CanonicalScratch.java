package dev.quire.backends.cpu.linear;

import java.util.ArrayList;
import java.util.List;

/** Memory that the {@link CanonicalLinear}s of one packer share, since they never run at the same time. */
final class CanonicalScratch {
    /**
     * One worker's memory.
     *
     * @param row for a row of x and a zero
     * @param partials [16 runs][2 rows][{@link Lanes#GROUP}]
     * @param slices [8][2 rows][{@link Lanes#GROUP}]
     */
    record Tile(float[] row, float[] partials, float[] slices) {
        /** Sums of one slice: two rows of a group. */
        static final int SIZE = 2 * Lanes.GROUP;

        private static Tile of(int slices) {
            return new Tile(new float[0], new float[CanonicalLayout.RUNS * SIZE], new float[slices * SIZE]);
        }

        private Tile withRow(int size) {
            return row.length < size ? new Tile(new float[size], partials, slices) : this;
        }
    }

    private float[] arranged = {};
    private final List<Tile> tiles = new ArrayList<>();

    CanonicalScratch(int threads) {
        for (int worker = 0; worker < threads; worker++) {
            tiles.add(Tile.of(SumOrder.CANONICAL_EIGHT_SLICES.slices()));
        }
    }

    /** At least {@code size} floats for x in the order of a {@link CanonicalLayout}; what they hold is undefined. */
    float[] arranged(int size) {
        arranged = arranged.length < size ? new float[size] : arranged;
        return arranged;
    }

    /** Makes room in every worker's row. Called before the workers begin. */
    void rows(int size) {
        tiles.replaceAll(tile -> tile.withRow(size));
    }

    Tile tile(int worker) {
        return tiles.get(worker);
    }
}
