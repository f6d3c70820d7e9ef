package dev.quire.backends.cpu.attention;

import dev.quire.backends.cpu.compiled.AttentionKernels;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.MemorySegment;

/** One worker's scores, softmax and weighted values of a segment by the C kernels, over the arrays of its {@link SegmentAttention}. */
final class NativeSegment {
    /** Pages that the kernels ask for ahead of the one they read. */
    private static final int AHEAD = 6;

    private final AttentionKernels kernels;
    private final SegmentPages pages;
    private final int group;
    private final int headSize;
    private final int width;
    /** What scores are multiplied by when they are made: 1 where nothing comes between them and their softmax, which then does it. */
    private final float scale;

    private final float softmaxScale;
    private final long[] nextKeyAt = new long[AHEAD];

    private final MemorySegment q;
    private final MemorySegment nextKeys;
    private final MemorySegment scores;
    private final MemorySegment max;
    private final MemorySegment sum;
    private final MemorySegment out;
    private final MemorySegment from;
    private final MemorySegment to;
    private final MemorySegment keyPages;
    private final MemorySegment valuePages;

    NativeSegment(
            AttentionKernels kernels,
            AttentionShape shape,
            int width,
            float[] scores,
            float[] max,
            float[] sum,
            float[] out,
            int[] from,
            int[] to,
            SegmentPages pages) {
        this.kernels = kernels;
        this.pages = pages;
        this.group = shape.group();
        this.headSize = shape.headSize();
        this.width = width;
        boolean bare = shape.softCap().isEmpty() && shape.alibi().length == 0 && shape.scale() > 0;
        this.scale = bare ? 1 : shape.scale();
        this.softmaxScale = bare ? shape.scale() : 1;
        this.q = MemorySegment.ofArray(new int[from.length * width / 2]);
        this.nextKeys = MemorySegment.ofArray(nextKeyAt);
        this.scores = MemorySegment.ofArray(scores);
        this.max = MemorySegment.ofArray(max);
        this.sum = MemorySegment.ofArray(sum);
        this.out = MemorySegment.ofArray(out);
        this.from = MemorySegment.ofArray(from);
        this.to = MemorySegment.ofArray(to);
        this.keyPages = MemorySegment.ofArray(pages.keyAt);
        this.valuePages = MemorySegment.ofArray(pages.valueAt);
    }

    /** Takes a tile's queries, rounded to bf16. */
    void load(AttentionPlan plan, int tile, Matrix queries) {
        long at = place(plan, tile, queries);
        kernels.queries(plan.rows(tile), group, headSize, width, queries.memory(), at, queries.stride(), q);
    }

    void score(PagedKvPool pool, int rows, int lowest, int highest) {
        kernels.scores(
                rows,
                pages.keys(pool),
                keyPages,
                pages.values(pool),
                valuePages,
                from,
                to,
                lowest,
                highest,
                (headSize + 1) / 2,
                q,
                width / 2,
                scale,
                scores);
    }

    /** Turns scores into weights, which take their place as bf16. */
    void weigh(int rows, int lowest, int highest) {
        kernels.weigh(rows, from, to, lowest, highest, softmaxScale, scores, max, sum);
    }

    /**
     * Says which keys this worker comes to afterwards; parameters as of {@link PagedKvPool#locateKeys}.
     *
     * @param first position of the first of them
     * @param end one past the position of the sequence's last token
     */
    void next(PagedKvPool pool, int kvHead, int[] tables, int table, int first, int end) {
        pool.locateKeys(kvHead, tables, table, first, end, nextKeyAt);
    }

    /** Adds to the rows what they see. */
    void addValues(PagedKvPool pool, int rows, int lowest, int highest) {
        kernels.values(
                rows,
                pages.values(pool),
                valuePages,
                pages.keys(pool),
                nextKeys,
                from,
                to,
                lowest,
                highest,
                width,
                scores,
                out);
    }

    /** Writes a tile's rows whose only segment this is. */
    void finish(AttentionPlan plan, int tile, Matrix y) {
        kernels.finish(
                plan.rows(tile),
                group,
                headSize,
                width,
                from,
                to,
                out,
                sum,
                y.memory(),
                place(plan, tile, y),
                y.stride());
    }

    /** Byte of a tile's first row. */
    private long place(AttentionPlan plan, int tile, Matrix matrix) {
        return matrix.at(plan.firstQuery(tile)) + (long) plan.kvHead(tile) * group * headSize * Float.BYTES;
    }
}
