package dev.quire.backends.cpu.attention;

import dev.quire.backends.cpu.compiled.AttentionKernels;
import dev.quire.backends.cpu.compiled.AttentionTile;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.MemorySegment;

/** One worker's tiles by the C kernel, over the arrays of its {@link SegmentAttention}. */
final class NativeSegment {
    private final AttentionKernels kernels;
    private final AttentionShape shape;
    private final SegmentPages pages;
    private final AttentionTile tile;
    /** [rows] from each row's own token to the segment's first; only slopes read it. */
    private final int[] distances;

    private final MemorySegment from;
    private final MemorySegment to;
    private final MemorySegment distance;
    private final MemorySegment max;
    private final MemorySegment sum;
    private final MemorySegment out;

    private MemorySegment queries = MemorySegment.NULL;
    private MemorySegment result = MemorySegment.NULL;

    NativeSegment(
            AttentionKernels kernels,
            AttentionShape shape,
            int width,
            float[] max,
            float[] sum,
            float[] out,
            int[] from,
            int[] to,
            SegmentPages pages) {
        this.kernels = kernels;
        this.shape = shape;
        this.pages = pages;
        this.tile = new AttentionTile(
                shape.group(),
                shape.headSize(),
                shape.scale(),
                shape.softCap().orElse(0f),
                shape.alibi(),
                from.length,
                width,
                Pages.SEGMENT);
        this.distances = new int[from.length];
        this.from = MemorySegment.ofArray(from);
        this.to = MemorySegment.ofArray(to);
        this.distance = MemorySegment.ofArray(distances);
        this.max = MemorySegment.ofArray(max);
        this.sum = MemorySegment.ofArray(sum);
        this.out = MemorySegment.ofArray(out);
    }

    /** Takes a tile's queries, and where its rows go. */
    void load(AttentionPlan plan, int index, Matrix q, Matrix y) {
        tile.take(plan.rows(index), plan.kvHead(index) * shape.group());
        tile.read(place(plan, index, q), q.stride());
        tile.write(place(plan, index, y), y.stride());
        queries = q.memory();
        result = y.memory();
    }

    /**
     * Attends to the segment that the pages are of.
     *
     * @param first position of its first token
     * @param lowest first token that some row sees
     * @param highest one past the last
     * @param whole whether this is the tile's only segment, so that its rows can be written
     */
    void attend(AttentionPlan plan, int index, PagedKvPool pool, int first, int lowest, int highest, boolean whole) {
        for (int row = 0; row < plan.rows(index) && shape.alibi().length > 0; row++) {
            distances[row] = first - plan.position(plan.firstQuery(index) + row / shape.group());
        }
        tile.see(lowest, highest);
        pages.announce(pool, tile);
        kernels.attend(
                tile,
                queries,
                pages.keys(pool),
                pages.values(pool),
                pages.keyPages(),
                pages.valuePages(),
                pages.nextKeyPages(),
                pages.nextValuePages(),
                from,
                to,
                distance,
                max,
                sum,
                out,
                whole ? result : MemorySegment.NULL);
    }

    /** Byte of a tile's first row. */
    private long place(AttentionPlan plan, int index, Matrix matrix) {
        long element = (long) plan.kvHead(index) * shape.group() * shape.headSize();
        return matrix.at(plan.firstQuery(index)) + element * Float.BYTES;
    }
}
