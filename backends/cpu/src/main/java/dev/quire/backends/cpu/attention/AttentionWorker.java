package dev.quire.backends.cpu.attention;

import dev.quire.api.types.DType;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;

/** One part's state: tiles that begin here merge as they go, the segments of a tile that began earlier are kept for its owner. */
final class AttentionWorker {
    private final AttentionShape shape;
    private final int width;
    private final SegmentAttention segments;
    private final RunningSoftmax running;

    /** [kept rows, width], with the row, largest score and sum of each. */
    private float[] keptOut = new float[0];

    private int[] keptRow = new int[0];
    private float[] keptMax = new float[0];
    private float[] keptSum = new float[0];
    private int kept;

    AttentionWorker(AttentionShape shape, DType dtype, int maxRows, Optional<CompiledKernels> kernels) {
        this.shape = shape;
        this.width = PagedKvPool.padded(shape.headSize());
        this.segments = new SegmentAttention(shape, dtype, maxRows, kernels);
        this.running = new RunningSoftmax(maxRows, width);
    }

    /** Runs the places {@code from} to {@code end − 1} of the plan's line. */
    void run(
            AttentionPlan plan,
            long from,
            long end,
            PagedKvPool pool,
            Matrix q,
            int[] blockTables,
            int tableStride,
            Matrix out) {
        kept = 0;
        segments.reset();
        for (long place = from; place < end; ) {
            int tile = plan.tileAt(place);
            boolean owned = place == plan.start(tile);
            long stop = Math.min(end, plan.start(tile + 1));
            segments.load(plan, tile, q, out);
            boolean whole = owned && stop == plan.start(tile + 1);
            boolean alone = whole && stop == place + 1 && segments.finishes();
            if (owned && !alone) {
                running.reset();
            }
            for (; place < stop; place++) {
                segments.attend(plan, tile, place, end, pool, blockTables, tableStride, alone);
                if (!alone) {
                    take(owned);
                }
            }
            if (whole && !alone) {
                write(plan, tile, out);
            }
        }
    }

    private void take(boolean owned) {
        for (int row = 0; row < segments.rows(); row++) {
            if (!segments.visible(row)) {
                continue;
            }
            if (owned) {
                running.merge(row, segments.out(), segments.at(row), segments.max(row), segments.sum(row));
            } else {
                keep(row);
            }
        }
    }

    private void keep(int row) {
        if (kept == keptRow.length) {
            int size = Math.max(64, 2 * kept);
            keptOut = Arrays.copyOf(keptOut, size * width);
            keptRow = Arrays.copyOf(keptRow, size);
            keptMax = Arrays.copyOf(keptMax, size);
            keptSum = Arrays.copyOf(keptSum, size);
        }
        System.arraycopy(segments.out(), segments.at(row), keptOut, kept * width, width);
        keptRow[kept] = row;
        keptMax[kept] = segments.max(row);
        keptSum[kept] = segments.sum(row);
        kept++;
    }

    /** Merges what {@code later} kept: segments of the tile that this worker began, in order. */
    void merge(AttentionWorker later) {
        for (int i = 0; i < later.kept; i++) {
            running.merge(later.keptRow[i], later.keptOut, i * width, later.keptMax[i], later.keptSum[i]);
        }
    }

    /** Writes a tile's rows, all segments merged. */
    void write(AttentionPlan plan, int tile, Matrix out) {
        int group = shape.group();
        for (int row = 0; row < plan.rows(tile); row++) {
            int head = plan.kvHead(tile) * group + row % group;
            long to = out.at(plan.firstQuery(tile) + row / group) + (long) head * shape.headSize() * Float.BYTES;
            int at = running.finish(row);
            MemorySegment.copy(running.out(), at, out.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, to, shape.headSize());
        }
    }
}
