package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.WeightFormat;
import dev.quire.backends.cpu.compiled.BuiltKernels;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.elementwise.Matrix;
import dev.quire.backends.cpu.onednn.OneDnnLibrary;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A gated MLP as one beside its layers and its gate one after another. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatedLayersTest {
    private static final OneDnnLibrary PLAIN_JAVA = new OneDnnLibrary.Missing("this test wants C");
    /** What a sum can become by an input that is not finite, and what rounding makes of small ones. */
    private static final float[] EDGES = {
        Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e38f, -1e38f, 1e-38f, -1e-40f, 0f, -0f
    };

    /** Inputs and width of an MLP, and the widths of the layers that read it. */
    private record Shape(int inputs, int width, List<Integer> outputs) {}

    private static final List<Shape> SHAPES = List.of(
            new Shape(576, 1536, List.of(576)),
            new Shape(64, 64, List.of(64)),
            new Shape(33, 100, List.of(20, 70)),
            new Shape(70, 37, List.of(5)),
            new Shape(1056, 130, List.of(64)),
            new Shape(2100, 191, List.of(3)),
            new Shape(32, 1, List.of(1)));

    private static final int[] ROWS = {1, 2, 7, 16, 17, 33, 95, 128, 130, 512};

    private Optional<CompiledKernels> compiled;

    @BeforeAll
    void load(@TempDir Path cache) throws IOException {
        compiled = BuiltKernels.load(cache);
    }

    /** Both forms of C where the processor has both; none where there is none, and then there is nothing to test. */
    private List<CompiledKernels> forms() {
        List<CompiledKernels> forms = new ArrayList<>();
        compiled.ifPresent(forms::add);
        BuiltKernels.withoutTiles(compiled).ifPresent(forms::add);
        return forms;
    }

    @Test
    void anMlpHasTheBitsOfItsLayersAndItsGate() {
        Samples samples = new Samples("anMlpHasTheBitsOfItsLayersAndItsGate");
        for (CompiledKernels kernels : forms()) {
            for (Shape shape : SHAPES) {
                for (int threads : new int[] {1, 2, 3}) {
                    try (Arena arena = Arena.ofShared();
                            WorkerPool pool = new WorkerPool(threads)) {
                        Mlp mlp = new Mlp(samples, kernels, pool, shape, arena);
                        for (int rows : ROWS) {
                            MemorySegment x = samples.floats(arena, (long) rows * shape.inputs());
                            edges(samples, x, rows, shape.inputs());
                            mlp.compare(x, rows, "threads " + threads);
                        }
                    }
                }
            }
        }
    }

    /** Puts a value of the edges into some rows. */
    private static void edges(Samples samples, MemorySegment x, int rows, int inputs) {
        for (int row = 0; row < rows; row++) {
            if (samples.random().nextInt(6) == 0) {
                long at = (long) row * inputs + samples.random().nextInt(inputs);
                x.setAtIndex(JAVA_FLOAT, at, EDGES[samples.random().nextInt(EDGES.length)]);
            }
        }
    }

    /** One MLP in both ways. */
    private static final class Mlp {
        private final CompiledKernels kernels;
        private final Shape shape;
        private final PackedLinear gated;
        private final PackedLinear pair;
        private final PackedLinear down;

        Mlp(Samples samples, CompiledKernels kernels, WorkerPool pool, Shape shape, Arena arena) {
            this.kernels = kernels;
            this.shape = shape;
            LinearPacker packer = new LinearPacker(pool, PLAIN_JAVA, Optional.of(kernels));
            LinearWeight gate = samples.dense(WeightFormat.BF16, shape.width(), shape.inputs(), arena);
            LinearWeight up = samples.dense(WeightFormat.BF16, shape.width(), shape.inputs(), arena);
            List<LinearWeight> readers = new ArrayList<>();
            for (int outputs : shape.outputs()) {
                LinearWeight plain = samples.dense(WeightFormat.BF16, outputs, shape.width(), arena);
                MemorySegment bias = samples.floats(arena, outputs);
                readers.add(
                        new LinearWeight(WeightFormat.BF16, outputs, shape.width(), plain.data(), Optional.of(bias)));
            }
            gated = packer.packGated(gate, up, readers, arena);
            pair = packer.pack(List.of(gate, up), SumOrder.FREE, arena);
            down = packer.pack(readers, SumOrder.FREE, arena);
            assertEquals(shape.outputs(), gated.outputs());
            assertEquals(shape.inputs(), gated.inputs());
            assertEquals(pair.packedBytes() + down.packedBytes(), gated.packedBytes());
        }

        void compare(MemorySegment x, int rows, String where) {
            try (Arena arena = Arena.ofShared()) {
                MemorySegment gates = floats(arena, rows, shape.width());
                MemorySegment ups = floats(arena, rows, shape.width());
                pair.run(x, rows, List.of(gates, ups));
                Matrix gate = Matrix.dense(gates, shape.width());
                kernels.gate(gate, Matrix.dense(ups, shape.width()), gate, shape.width(), 0, rows);
                List<MemorySegment> expected = outputs(arena, rows);
                down.run(gates, rows, expected);
                List<MemorySegment> actual = outputs(arena, rows);
                gated.run(x, rows, actual);
                for (int i = 0; i < expected.size(); i++) {
                    long at = expected.get(i).mismatch(actual.get(i));
                    assertEquals(
                            -1, at, "%s, %s, %d rows, %s, output %d".formatted(gated.kernel(), shape, rows, where, i));
                }
            }
        }

        private List<MemorySegment> outputs(Arena arena, int rows) {
            return shape.outputs().stream().map(n -> floats(arena, rows, n)).toList();
        }

        private static MemorySegment floats(Arena arena, int rows, int columns) {
            return arena.allocate(4L * rows * columns, 64);
        }
    }

    @Test
    void layersThatCannotBeGatedAreRefused() {
        Samples samples = new Samples("layersThatCannotBeGatedAreRefused");
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(1)) {
            LinearWeight gate = samples.dense(WeightFormat.BF16, 40, 32, arena);
            LinearWeight down = samples.dense(WeightFormat.BF16, 32, 40, arena);
            LinearPacker java = new LinearPacker(pool, PLAIN_JAVA);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> java.packGated(gate, gate, List.of(down), arena),
                    "there is no C");
            for (CompiledKernels kernels : forms()) {
                LinearPacker packer = new LinearPacker(pool, PLAIN_JAVA, Optional.of(kernels));
                assertTrue(packer.packGated(gate, gate, List.of(down), arena)
                        .kernel()
                        .endsWith(", gated"));
                MemorySegment bias = samples.floats(arena, 40);
                LinearWeight biased = new LinearWeight(WeightFormat.BF16, 40, 32, gate.data(), Optional.of(bias));
                LinearWeight narrow = samples.dense(WeightFormat.BF16, 39, 32, arena);
                LinearWeight other = samples.dense(WeightFormat.F32, 40, 32, arena);
                for (Runnable wrong : List.<Runnable>of(
                        () -> packer.packGated(gate, biased, List.of(down), arena),
                        () -> packer.packGated(biased, gate, List.of(down), arena),
                        () -> packer.packGated(gate, narrow, List.of(down), arena),
                        () -> packer.packGated(gate, other, List.of(down), arena),
                        () -> packer.packGated(other, other, List.of(down), arena),
                        () -> packer.packGated(gate, gate, List.of(gate), arena),
                        () -> packer.packGated(
                                gate, gate, List.of(samples.dense(WeightFormat.F32, 32, 40, arena)), arena))) {
                    assertThrows(IllegalArgumentException.class, wrong::run);
                }
            }
        }
    }
}
