package dev.quire.backends.cpu.compiled;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.program.Activation;
import dev.quire.backends.cpu.elementwise.Activate;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gate in C beside its twin in Java. */
class GateTest {
    private static final float[] EDGES = {
        0f, -0f, 88f, -88f, 90f, -90f, 1e4f, -1e4f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN, Float.POSITIVE_INFINITY
    };

    /** What gates below -88 leave, where Java's exp is infinite. */
    private static final float TINY = 1e-33f;

    @Test
    void rowsAreWhatJavaMakesOfThemAndNothingElseIsWritten(@TempDir Path cache) throws Exception {
        CompiledKernels kernels = BuiltKernels.load(cache).orElse(null);
        if (kernels == null) {
            return; // the twin is all there is
        }
        Random random = new Random(11);
        for (int width : new int[] {1, 15, 16, 37, 1536}) {
            try (Arena arena = Arena.ofConfined()) {
                int rows = 5;
                Matrix gate = matrix(arena, rows, width + 3);
                Matrix up = matrix(arena, rows, width + 1);
                Matrix expected = matrix(arena, rows, width + 2);
                Matrix out = matrix(arena, rows, width + 2);
                for (int r = 0; r < rows; r++) {
                    for (int i = 0; i < width; i++) {
                        boolean edge = random.nextInt(8) == 0;
                        gate.set(r, i, edge ? EDGES[random.nextInt(EDGES.length)] : 6 * (float) random.nextGaussian());
                        up.set(r, i, (float) random.nextGaussian());
                    }
                }
                Activate.gated(Activation.SILU, gate, up, expected, width, 1, 4);
                kernels.gate(gate, up, out, width, 1, 4);
                for (int r = 0; r < rows; r++) {
                    for (int i = 0; i < width + 2; i++) {
                        float java = expected.get(r, i);
                        float c = out.get(r, i);
                        float bound = Float.isFinite(java) ? Math.max(TINY, Math.abs(java) * 0x1p-21f) : TINY;
                        assertEquals(java, c, bound, "gate " + gate.get(r, i));
                    }
                }
            }
        }
    }

    /** Of zeros. */
    private static Matrix matrix(Arena arena, int rows, int stride) {
        return Matrix.dense(arena.allocate(4L * rows * stride, 4), stride);
    }
}
