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
        this.q = new float[maxRows * width];
        this.scores = new float[maxRows * Pages.SEGMENT];
        this.out = new float[maxRows * width];
        this.max = new float[maxRows];
        this.sum = new float[maxRows];
        this.from = new int[maxRows];
        this.to = new int[maxRows];
        this.compiled = kernels.filter(k -> rounded)
                .map(k -> new NativeSegment(k.attention(), shape, width, scores, max, sum, out, from, to, pages));
    }

    /** Takes a tile's queries: row = query · group + head within the group. */
    void load(AttentionPlan plan, int tile, Matrix queries) {
        rows = plan.rows(tile);
        if (compiled.isPresent()) {
            compiled.get().load(plan, tile, queries);
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

    /** Attends to one segment; afterwards {@link #visible}, {@link #max}, {@link #sum} and {@link #out} hold each row's part. */
    void attend(AttentionPlan plan, int tile, int segment, PagedKvPool pool, int[] blockTables, int tableStride) {
        int first = segment * Pages.SEGMENT;
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
        if (highest == 0) {
            return;
        }
        int table = plan.sequence(tile) * tableStride;
        pages.locate(pool, plan.kvHead(tile), blockTables, table, first, lowest, highest);
        pages.decodeKeys(pool, lowest, highest);
        scoreAll(pool, lowest, highest);
        for (int row = 0; row < rows; row++) {
            if (visible(row)) {
                capAndBias(plan, tile, row, first);
            }
        }
        weighAll(lowest, highest);
        Arrays.fill(out, 0, rows * width, 0f);
        pages.decodeValues(pool, lowest, highest);
        if (compiled.isPresent()) {
            if (pages.inPlace()) {
                locateNext(plan, tile, segment, pool, blockTables, tableStride);
            }
            compiled.get().addValues(pool, rows, lowest, highest);
            return;
        }
        touched |= pages.touchValues(pool, lowest, highest);
        for (int chunk = lowest & -Pages.CHUNK; chunk < highest; chunk += Pages.CHUNK) {
            addValues(pool, chunk);
        }
    }

    /** Where the keys begin that come after a segment: those of the tile's next one, or of the next tile. */
    private void locateNext(
            AttentionPlan plan, int tile, int segment, PagedKvPool pool, int[] blockTables, int tableStride) {
        boolean last = segment + 1 >= plan.endSegment(tile);
        int next = last && tile + 1 < plan.tiles() ? tile + 1 : tile;
        int from = last ? plan.firstToken(next) : (segment + 1) * Pages.SEGMENT;
        int sequence = plan.sequence(next);
        compiled.get()
                .next(
                        pool,
                        plan.kvHead(next),
                        blockTables,
                        sequence * tableStride,
                        from,
                        Math.max(1, plan.contextLength(sequence)));
    }

    private void scoreAll(PagedKvPool pool, int lowest, int highest) {
        if (compiled.isPresent()) {
            compiled.get().score(pool, rows, lowest, highest);
            return;
        }
        touched |= pages.touchKeys(pool, lowest, highest);
        for (int chunk = lowest & -Pages.CHUNK; chunk < highest; chunk += Pages.CHUNK) {
            score(pool, chunk);
        }
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
                        n, pages.keys(pool), pages.keyAt, chunk, pairs, q, qAt, width, shape.scale(), scores, sAt);
            } else {
                int size = shape.headSize();
                F32Scores.score(
                        n, pages.keys(pool), pages.keyAt, chunk, size, q, qAt, width, shape.scale(), scores, sAt);
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

    private void weighAll(int lowest, int highest) {
        if (compiled.isPresent()) {
            compiled.get().weigh(rows, lowest, highest);
            return;
        }
        for (int row = 0; row < rows; row++) {
            if (visible(row)) {
                softmax.weigh(scores, row * Pages.SEGMENT, from[row], to[row], rounded);
                max[row] = softmax.max();
                sum[row] = softmax.sum();
            }
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
            Bf16Values.add(n, pages.values(pool), pages.valueAt, a, b, width, scores, pAt, out, outAt, width);
        } else {
            F32Values.add(n, pages.values(pool), pages.valueAt, a, b, width, scores, pAt, out, outAt, width);
        }
    }

    /** Whether {@link #finish} is there. */
    boolean finishes() {
        return compiled.isPresent();
    }

    /** Writes a tile's rows, whose only segment this was, to {@code y}. */
    void finish(AttentionPlan plan, int tile, Matrix y) {
        compiled.orElseThrow().finish(plan, tile, y);
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
