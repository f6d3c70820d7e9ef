package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.quire.backends.cpu.onednn.MatMul;
import dev.quire.backends.cpu.onednn.MatrixType;
import dev.quire.backends.cpu.onednn.OneDnn;
import dev.quire.backends.cpu.onednn.OneDnnException;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Tries oneDNN on a shape before it is trusted: it must have a real kernel, agree with the Java kernel, and give a row the same bits
 * at every number of rows that is tried. What oneDNN does depends on the processor, so this runs where the layer will.
 */
final class KernelCheck {
    /** One and two of a kind, odd ones, register tiles' edges, whole blocks, and a block and one more. */
    private static final int[] ROWS = {1, 2, 3, 4, 5, 8, 13, 16, 31, 48, 64, 65};

    private static final int MOST_ROWS = 65;
    private static final int MOST_COLUMNS = 2048;
    /** Of the largest value, times √K: two orders of a sum of K random products drift apart like a random walk. */
    private static final float TOLERANCE = 1e-6f;

    private static final long SEED = 20_250_601;

    private KernelCheck() {}

    /**
     * Why oneDNN must not be used for a layer of this shape; nothing if it may.
     *
     * @param weights packed panels of real weights, at least one, from byte {@code panel}
     */
    static Optional<String> objection(
            OneDnn oneDnn, MatrixType type, int inputs, int outputs, MemorySegment weights, long panel) {
        int columns = Math.min(outputs, MOST_COLUMNS);
        try (Arena arena = Arena.ofConfined();
                WorkerPool alone = new WorkerPool(1)) {
            MatMul matMul = oneDnn.matMul(new MatMul.Shape(type, 2, inputs, columns, columns));
            if (matMul.isReference()) {
                return Optional.of("oneDNN has only its reference kernel, " + matMul.implementation());
            }
            MemorySegment x = arena.allocate(4L * MOST_ROWS * inputs, 64);
            SplittableRandom random = new SplittableRandom(SEED);
            for (long i = 0; i < (long) MOST_ROWS * inputs; i++) {
                x.setAtIndex(JAVA_FLOAT, i, (float) random.nextDouble(-1, 1));
            }
            var run = new Trial(type, inputs, columns, weights, panel, arena);
            MemorySegment expected = run.on(new VectorKernel(type), x, MOST_ROWS);
            OneDnnKernel kernel = new OneDnnKernel(oneDnn, type, alone);
            MemorySegment all = run.on(kernel, x, MOST_ROWS);
            if (!close(expected, all, columns, TOLERANCE * (float) Math.sqrt(inputs))) {
                return Optional.of("oneDNN's " + matMul.implementation() + " does not agree with plain Java");
            }
            for (int rows : ROWS) {
                long bytes = 4L * rows * columns;
                if (run.on(kernel, x, rows).asSlice(0, bytes).mismatch(all.asSlice(0, bytes)) >= 0) {
                    return Optional.of("oneDNN's %s gives other bits at %d rows than at %d"
                            .formatted(matMul.implementation(), rows, MOST_ROWS));
                }
            }
            return Optional.empty();
        } catch (OneDnnException e) {
            return Optional.of(e.getMessage());
        }
    }

    private record Trial(MatrixType type, int inputs, int columns, MemorySegment weights, long panel, Arena arena) {
        MemorySegment on(DenseKernel kernel, MemorySegment x, int rows) {
            MemorySegment y = arena.allocate(4L * rows * columns, 64);
            MemorySegment ready = kernel.room(x, rows, inputs);
            kernel.ready(x, 0, rows, inputs, ready);
            kernel.multiply(
                    new DenseKernel.Block(type, ready, 0, rows, inputs, weights, panel, columns, y, 0, columns), 0);
            return y;
        }
    }

    /** Within a share of the largest value of each row: both sum the same products, in another order. */
    private static boolean close(MemorySegment expected, MemorySegment actual, int columns, float tolerance) {
        for (int row = 0; row < MOST_ROWS; row++) {
            float largest = 0;
            float difference = 0;
            for (int c = 0; c < columns; c++) {
                float e = expected.getAtIndex(JAVA_FLOAT, (long) row * columns + c);
                float a = actual.getAtIndex(JAVA_FLOAT, (long) row * columns + c);
                if (Float.isNaN(a) && !Float.isNaN(e)) {
                    return false;
                }
                largest = Math.max(largest, Math.abs(e));
                difference = Math.max(difference, Math.abs(e - a));
            }
            if (difference > tolerance * Math.max(largest, Float.MIN_NORMAL)) {
                return false;
            }
        }
        return true;
    }
}
