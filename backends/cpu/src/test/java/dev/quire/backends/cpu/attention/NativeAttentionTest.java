package dev.quire.backends.cpu.attention;

import static dev.quire.backends.cpu.attention.AttentionScene.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.program.Mask;
import dev.quire.api.types.DType;
import dev.quire.backends.cpu.attention.AttentionScene.Part;
import dev.quire.backends.cpu.compiled.BuiltKernels;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The C kernels beside their twin in Java, which runs in their place on an older processor. */
class NativeAttentionTest {
    /** Of values whose spread is 1, some 30 times that: what another order of float32 sums and one more or less rounded weight may do. */
    private static final float BOUND = 8e-3f;

    private static final List<Optional<CompiledKernels>> KERNELS = new ArrayList<>();

    @BeforeAll
    static void load(@TempDir Path cache) throws Exception {
        Optional<CompiledKernels> kernels = BuiltKernels.load(cache);
        KERNELS.add(kernels);
        BuiltKernels.withoutTiles(kernels).map(Optional::of).ifPresent(KERNELS::add);
    }

    private static List<Optional<CompiledKernels>> kernels() {
        return KERNELS;
    }

    private static AttentionShape shape(Random random) {
        int kvHeads = 1 + random.nextInt(3);
        int heads = kvHeads * (1 + random.nextInt(9));
        int size = List.of(64, 64, 32, 96, 128, 80, 33, 2).get(random.nextInt(8));
        Mask mask = random.nextInt(3) == 0 ? new Mask.SlidingWindow(1 + random.nextInt(700)) : Mask.CAUSAL;
        Optional<Float> cap = random.nextInt(4) == 0 ? Optional.of(20f) : Optional.empty();
        float[] slopes = new float[random.nextInt(4) == 0 ? heads : 0];
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] = (float) Math.pow(2, -1 - i % 8);
        }
        return new AttentionShape(heads, kvHeads, size, (float) (1 / Math.sqrt(size)), mask, cap, slopes);
    }

    private static AttentionScene scene(Arena arena, AttentionShape shape, int tokens, int copies, Random random) {
        DType type = random.nextInt(3) == 0 ? DType.F8_E4M3 : DType.BF16;
        AttentionScene scene = new AttentionScene(arena, shape, type, 16, tokens, copies, random);
        for (int i = 0; i < scene.k.length; i++) {
            scene.k[i] = Math.clamp(scene.k[i], -4f, 4f);
            scene.v[i] = Math.clamp(scene.v[i], -4f, 4f);
        }
        return scene;
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void randomStepsAreWithinABoundOfTheTwinInJava(Optional<CompiledKernels> kernels) {
        for (long seed = 1; seed <= 30; seed++) {
            Random random = new Random(seed);
            AttentionShape shape = shape(random);
            try (Arena arena = Arena.ofConfined()) {
                int tokens = 1 + random.nextInt(1300);
                AttentionScene scene = scene(arena, shape, tokens, 3, random);
                List<Part> parts = new ArrayList<>();
                for (int s = 0; s < 3; s++) {
                    int length = 1 + random.nextInt(tokens);
                    int from = length - 1 - random.nextInt(Math.min(length, random.nextBoolean() ? 1 : 45));
                    int[] table = scene.newTable();
                    scene.write(table, 0, length);
                    parts.add(new Part(table, from, length, length));
                }
                int spans = 1 + random.nextInt(5);
                float[] java = scene.run(parts, spans);
                scene.kernels = kernels;
                float[] c = scene.run(parts, spans);
                for (int i = 0; i < c.length; i++) {
                    assertEquals(java[i], c[i], BOUND, "seed %d, %s, element %d".formatted(seed, shape, i));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aRowsBitsDoNotDependOnItsNeighbours(Optional<CompiledKernels> kernels) {
        for (long seed = 1; seed <= 6; seed++) {
            Random random = new Random(seed);
            AttentionShape shape = shape(random);
            int width = shape.heads() * shape.headSize();
            try (Arena arena = Arena.ofConfined()) {
                AttentionScene scene = scene(arena, shape, 700, 2, random);
                scene.kernels = kernels;
                int[] whole = scene.newTable();
                scene.write(whole, 0, 700);
                float[] atOnce = scene.run(List.of(new Part(whole, 0, 700, 700)), 2);
                int[] table = scene.newTable();
                for (int from = 0, to; from < 700; from = to) {
                    to = Math.min(700, from + 1 + random.nextInt(random.nextBoolean() ? 3 : 90));
                    scene.write(table, from, to);
                    float[] out = scene.run(List.of(new Part(table, from, to, to)), 1 + random.nextInt(3));
                    float[] expected = Arrays.copyOfRange(atOnce, from * width, to * width);
                    assertSameBits(expected, out, 0, "seed %d, %s, rows from %d".formatted(seed, shape, from));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void whatARowDoesNotSeeCannotReachIt(Optional<CompiledKernels> kernels) {
        Random random = new Random(5);
        AttentionShape shape = new AttentionShape(3, 3, 64, 0.125f, Mask.CAUSAL, Optional.empty(), new float[0]);
        try (Arena arena = Arena.ofConfined()) {
            AttentionScene scene = scene(arena, shape, 600, 2, random);
            scene.kernels = kernels;
            int[] table = scene.newTable();
            scene.write(table, 0, 600);
            float[] expected = scene.run(List.of(new Part(table, 0, 600, 600)), 1);
            int width = shape.kvHeads() * shape.headSize();
            Arrays.fill(scene.k, 590 * width, 591 * width, Float.NaN);
            Arrays.fill(scene.v, 590 * width, 591 * width, Float.POSITIVE_INFINITY);
            int[] damaged = scene.newTable();
            scene.write(damaged, 0, 600);
            float[] out = scene.run(List.of(new Part(damaged, 0, 600, 600)), 1);
            assertSameBits(Arrays.copyOf(expected, 590 * 3 * 64), out, 0, "rows before the damage");
            assertTrue(Float.isNaN(out[590 * 3 * 64]), "the token itself sees the damage");
            assertTrue(Float.isNaN(out[599 * 3 * 64 + 63]), "and so do those behind it");
        }
    }

    @Test
    void keysAndValuesAreWrittenWithTheBitsOfTheTwinInJava() {
        float[] odd = {0f, -0f, 1e-40f, -0x1p-57f, 0x1.fep-57f, 0x1p-56f, 3e38f, Float.MAX_VALUE, Float.NaN, -1f / 0};
        for (int size : new int[] {64, 2, 33, 40, 80, 128}) {
            Random random = new Random(size);
            AttentionShape shape = new AttentionShape(2, 2, size, 1f, Mask.CAUSAL, Optional.empty(), new float[0]);
            try (Arena arena = Arena.ofConfined()) {
                for (DType type : PagedKvPool.TYPES) {
                    AttentionScene java = new AttentionScene(arena, shape, type, 32, 90, 2, random);
                    AttentionScene c = new AttentionScene(arena, shape, type, 32, 90, 2, random);
                    int[] slots = random.ints(90, -20, 180).distinct().toArray();
                    for (int i = 0; i < java.k.length; i += 7) {
                        java.k[i] = odd[random.nextInt(odd.length)];
                        java.v[i] = odd[random.nextInt(odd.length)];
                    }
                    Matrix k = java.matrix(java.k, 2 * size);
                    Matrix v = java.matrix(java.v, 2 * size);
                    java.pool.write(k, v, slots, 3, slots.length);
                    KERNELS.getFirst().map(CompiledKernels::attention).ifPresent(kernels -> {
                        c.pool.write(kernels, k, v, slots, 3, 20);
                        c.pool.write(kernels, k, v, slots, 20, slots.length);
                        assertEquals(-1, java.pool.keys().mismatch(c.pool.keys()), type + " keys of " + size);
                        assertEquals(-1, java.pool.values().mismatch(c.pool.values()), type + " values of " + size);
                    });
                }
            }
        }
    }
}
