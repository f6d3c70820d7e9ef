package dev.quire.backends.cpu.attention;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.quire.api.types.DType;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.elementwise.Bf16;
import dev.quire.backends.cpu.elementwise.Lanes;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.util.Arrays;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * One worker's scratch, and the attention of one tile over one segment: scores of every row chunk by chunk, a softmax per row, weighted
 * values chunk by chunk. Per row: score = rn(q·k · scale), capped and biased if the shape says so, and {@link SegmentSoftmax}; then the sum
 * of p·v from +0 over the tokens that the row sees, rising. Scores of tokens that a row does not see are overwritten, and their values never
 * touched: what lies there cannot matter.
 */
final class SegmentAttention {
    private final AttentionShape shape;
    private final boolean rounded;
    private final int width;
    private final SegmentSoftmax softmax = new SegmentSoftmax();
    private final SegmentPages pages;

    private final float[] q;
    private final float[] scores;
    private final float[] out;
    private final float[] max;
    private final float[] sum;
    private final int[] from;
    private final int[] to;
    private final Optional<NativeSegment> compiled;

    private int rows;
    /** Keeps the reads that only warm the cache from being optimised away. */
    private long touched;

    /** @param kernels those in C, for FAST numerics */
    SegmentAttention(AttentionShape shape, DType dtype, int maxRows, Optional<CompiledKernels> kernels) {
        this.shape = shape;
        this.rounded = dtype != DType.F32;
        this.pages = new SegmentPages(dtype, shape.headSize());
        this.width = PagedKvPool.padded(shape.headSize());
        this.out = new float[maxRows * width];
        this.max = new float[maxRows];
        this.sum = new float[maxRows];
        this.from = new int[maxRows];
        this.to = new int[maxRows];
        this.compiled = kernels.filter(k -> rounded)
                .map(k -> new NativeSegment(k.attention(), shape, width, max, sum, out, from, to, pages));
        int ownRows = compiled.isPresent() ? 0 : maxRows;
        this.q = new float[ownRows * width];
        this.scores = new float[ownRows * Pages.SEGMENT];
    }

    /** Takes a tile's queries: row = query · group + head within the group; its rows go to {@code y}. */
    void load(AttentionPlan plan, int tile, Matrix queries, Matrix y) {
        rows = plan.rows(tile);
        if (compiled.isPresent()) {
            compiled.get().load(plan, tile, queries, y);
            return;
        }
        int group = shape.group();
        for (int row = 0; row < rows; row++) {
            int head = plan.kvHead(tile) * group + row % group;
            long at = queries.at(plan.firstQuery(tile) + row / group) + (long) head * shape.headSize() * Float.BYTES;
            for (int d = 0; d < shape.headSize(); d += Lanes.COUNT) {
                VectorMask<Float> inside = Lanes.FLOAT.indexInRange(d, shape.headSize());
                FloatVector x = FloatVector.fromMemorySegment(
                        Lanes.FLOAT, queries.memory(), at + d * 4L, LITTLE_ENDIAN, inside);
                if (rounded) {
                    x = Bf16.round(x);
                }
                x.intoArray(q, row * width + d);
            }
        }
    }

    /**
     * Attends to one segment; afterwards {@link #visible}, {@link #max}, {@link #sum} and {@link #out} hold each row's part.
     *
     * @param place of the plan's line
     * @param end one past the last place that comes to this worker
     * @param whole whether this is the tile's only segment; where it {@link #finishes} such, its rows are written
     */
    void attend(
            AttentionPlan plan,
            int tile,
            long place,
            long end,
            PagedKvPool pool,
            int[] blockTables,
            int tableStride,
            boolean whole) {
        int first = plan.segment(tile, place) * Pages.SEGMENT;
        int lowest = Pages.SEGMENT;
        int highest = 0;
        int firstKey = plan.firstKey(plan.sequence(tile));
        int length = plan.contextLength(plan.sequence(tile));
        for (int row = 0; row < rows; row++) {
            int position = plan.position(plan.firstQuery(tile) + row / shape.group());
            from[row] = Math.clamp(Math.max(firstKey, shape.first(position)) - first, 0, Pages.SEGMENT);
            to[row] = Math.clamp(shape.end(position, length) - first, from[row], Pages.SEGMENT);
            if (visible(row)) {
                lowest = Math.min(lowest, from[row]);
                highest = Math.max(highest, to[row]);
            }
        }
        pages.locate(plan, place, end, pool, blockTables, tableStride);
        if (compiled.isPresent()) {
            pages.decodeKeys(pool);
            pages.decodeValues(pool);
            compiled.get().attend(plan, tile, pool, first, lowest, highest, whole);
        } else if (highest > 0) {
            attend(plan, tile, pool, first, lowest, highest);
        }
    }

    private void attend(AttentionPlan plan, int tile, PagedKvPool pool, int first, int lowest, int highest) {
        pages.decodeKeys(pool);
        touched |= pages.touchKeys(pool, lowest, highest);
        for (int chunk = lowest & -Pages.CHUNK; chunk < highest; chunk += Pages.CHUNK) {
            score(pool, chunk);
        }
        for (int row = 0; row < rows; row++) {
            if (visible(row)) {
                capAndBias(plan, tile, row, first);
                softmax.weigh(scores, row * Pages.SEGMENT, from[row], to[row], rounded);
                max[row] = softmax.max();
                sum[row] = softmax.sum();
            }
        }
        Arrays.fill(out, 0, rows * width, 0f);
        pages.decodeValues(pool);
        touched |= pages.touchValues(pool, lowest, highest);
        for (int chunk = lowest & -Pages.CHUNK; chunk < highest; chunk += Pages.CHUNK) {
            addValues(pool, chunk);
        }
    }

    /** Forgets the pages of another step. */
    void reset() {
        pages.reset();
    }

    private void score(PagedKvPool pool, int chunk) {
        int most = rounded ? Bf16Scores.MAX_ROWS : F32Scores.MAX_ROWS;
        for (int row = 0; row < rows; row += most) {
            int n = Math.min(most, rows - row);
            if (!touches(row, n, chunk)) {
                continue;
            }
            int qAt = row * width;
            int sAt = row * Pages.SEGMENT;
            if (rounded) {
                int pairs = (shape.headSize() + 1) / 2;
                Bf16Scores.score(
                        n, pages.keys(pool), pages.keyAt(), chunk, pairs, q, qAt, width, shape.scale(), scores, sAt);
            } else {
                int size = shape.headSize();
                F32Scores.score(
                        n, pages.keys(pool), pages.keyAt(), chunk, size, q, qAt, width, shape.scale(), scores, sAt);
            }
        }
    }

    private boolean touches(int row, int n, int chunk) {
        for (int r = row; r < row + n; r++) {
            if (from[r] < chunk + Pages.CHUNK && to[r] > chunk) {
                return true;
            }
        }
        return false;
    }

    private void capAndBias(AttentionPlan plan, int tile, int row, int first) {
        int at = row * Pages.SEGMENT;
        int begin = at + from[row];
        int end = at + to[row];
        if (shape.softCap().isPresent()) {
            SegmentSoftmax.cap(
                    scores,
                    at + (from[row] & -Lanes.COUNT),
                    end,
                    shape.softCap().get());
        }
        if (shape.alibi().length > 0) {
            int head = plan.kvHead(tile) * shape.group() + row % shape.group();
            int position = plan.position(plan.firstQuery(tile) + row / shape.group());
            SegmentSoftmax.bias(scores, begin, end, shape.alibi()[head], first + from[row] - position);
        }
    }

    /** Rows run together over the tokens that all of them see; what only some see before and after, they add alone. */
    private void addValues(PagedKvPool pool, int chunk) {
        int most = rounded ? Bf16Values.MAX_ROWS : F32Values.MAX_ROWS;
        int end = chunk + Pages.CHUNK;
        for (int row = 0; row < rows; row += most) {
            int n = Math.min(most, rows - row);
            int allFrom = chunk;
            int allTo = end;
            for (int r = row; r < row + n; r++) {
                allFrom = Math.max(allFrom, from[r]);
                allTo = Math.min(allTo, to[r]);
            }
            if (allFrom >= allTo) {
                addAlone(pool, row, n, chunk, end);
                continue;
            }
            addAlone(pool, row, n, chunk, allFrom);
            add(pool, row, n, allFrom, allTo);
            addAlone(pool, row, n, allTo, end);
        }
    }

    private void addAlone(PagedKvPool pool, int row, int n, int begin, int end) {
        for (int r = row; r < row + n; r++) {
            int a = Math.max(begin, from[r]);
            int b = Math.min(end, to[r]);
            if (a < b) {
                add(pool, r, 1, a, b);
            }
        }
    }

    private void add(PagedKvPool pool, int row, int n, int a, int b) {
        int pAt = row * Pages.SEGMENT;
        int outAt = row * width;
        if (rounded) {
            Bf16Values.add(n, pages.values(pool), pages.valueAt(), a, b, width, scores, pAt, out, outAt, width);
        } else {
            F32Values.add(n, pages.values(pool), pages.valueAt(), a, b, width, scores, pAt, out, outAt, width);
        }
    }

    /** Whether {@link #attend} can write the rows of a tile that has but one segment. */
    boolean finishes() {
        return compiled.isPresent();
    }

    int rows() {
        return rows;
    }

    /** Whether a row sees anything of the segment. */
    boolean visible(int row) {
        return from[row] < to[row];
    }

    float max(int row) {
        return max[row];
    }

    float sum(int row) {
        return sum[row];
    }

    float[] out() {
        return out;
    }

    int at(int row) {
        return row * width;
    }
}
