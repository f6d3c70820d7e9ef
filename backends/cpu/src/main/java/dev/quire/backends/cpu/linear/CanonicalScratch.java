package dev.quire.backends.cpu.linear;

import java.util.ArrayList;
import java.util.List;

/** Memory that the {@link CanonicalLinear}s of one packer share, since they never run at the same time. */
final class CanonicalScratch {
    /**
     * One worker's sums.
     *
     * @param partials [16 runs][2 rows][{@link Lanes#GROUP}]
     * @param slices [8][2 rows][{@link Lanes#GROUP}]
     */
    record Tile(float[] partials, float[] slices) {
        /** Sums of one slice: two rows of a group. */
        static final int SIZE = 2 * Lanes.GROUP;

        private static Tile of(int slices) {
            return new Tile(new float[CanonicalLayout.RUNS * SIZE], new float[slices * SIZE]);
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

    Tile tile(int worker) {
        return tiles.get(worker);
    }
}
