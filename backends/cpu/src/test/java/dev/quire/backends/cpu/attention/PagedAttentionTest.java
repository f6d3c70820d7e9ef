package dev.quire.backends.cpu.attention;

import static dev.quire.backends.cpu.attention.AttentionScene.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.program.Mask;
import dev.quire.api.types.DType;
import dev.quire.api.types.Support;
import dev.quire.backends.cpu.attention.AttentionScene.Part;
import dev.quire.backends.cpu.elementwise.Matrix;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PagedAttentionTest {
    private static final int[] SIZES = {2, 16, 32, 40, 64, 80, 96, 128, 1, 33, 256};

    private static AttentionShape shape(int heads, int kvHeads, int size) {
        return new AttentionShape(
                heads, kvHeads, size, (float) (1 / Math.sqrt(size)), Mask.CAUSAL, Optional.empty(), new float[0]);
    }

    private static AttentionShape randomShape(Random random) {
        int kvHeads = 1 + random.nextInt(3);
        int heads = kvHeads * (1 + random.nextInt(random.nextInt(4) == 0 ? 16 : 5));
        int size = SIZES[random.nextInt(SIZES.length)];
        Mask mask = switch (random.nextInt(4)) {
            case 0 -> new Mask.SlidingWindow(1 + random.nextInt(700));
            case 1 -> new Mask.Bidirectional();
            default -> Mask.CAUSAL;
        };
        Optional<Float> cap = random.nextInt(4) == 0 ? Optional.of(1f + random.nextInt(50)) : Optional.empty();
        float[] alibi = new float[random.nextInt(4) == 0 ? heads : 0];
        for (int i = 0; i < alibi.length; i++) {
            alibi[i] = (float) Math.pow(2, -i - 1);
        }
        return new AttentionShape(heads, kvHeads, size, (float) (1 / Math.sqrt(size)), mask, cap, alibi);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"BF16", "F8_E4M3", "F32"})
    void everyRowOfRandomStepsHasTheBitsOfTheDefinition(DType dtype) {
        for (long seed = 1; seed <= 40; seed++) {
            Random random = new Random(seed);
            AttentionShape shape = randomShape(random);
            String what = "seed %d, %s, %s".formatted(seed, dtype, shape);
            try (Arena arena = Arena.ofConfined()) {
                int blockSize = 16 << random.nextInt(3);
                int tokens = 1 + random.nextInt(1300);
                AttentionScene scene = new AttentionScene(arena, shape, dtype, blockSize, tokens, 4, random);
                List<Part> parts = new ArrayList<>();
                for (int s = 0; s < 4; s++) {
                    int length = 1 + random.nextInt(tokens);
                    int from = length - 1 - random.nextInt(Math.min(length, random.nextBoolean() ? 1 : 45));
                    int[] table = scene.newTable();
                    scene.write(table, 0, length);
                    parts.add(new Part(table, from, length, length));
                }
                float[] out = scene.run(parts, 1 + random.nextInt(5));
                int at = 0;
                for (Part part : parts) {
                    for (int p = part.from(); p < part.to(); p++) {
                        assertSameBits(scene.expected(p, part.length()), out, at, what + ", position " + p);
                        at += shape.heads() * shape.headSize();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64, 300})
    void chunksOfAPrefillAndDecodingAgree(int chunk) {
        Random random = new Random(chunk);
        AttentionShape shape = shape(6, 2, 64);
        try (Arena arena = Arena.ofConfined()) {
            AttentionScene scene = new AttentionScene(arena, shape, DType.BF16, 16, 700, 2, random);
            int[] whole = scene.newTable();
            scene.write(whole, 0, 700);
            float[] atOnce = scene.run(List.of(new Part(whole, 0, 700, 700)), 2);
            int[] table = scene.newTable();
            int width = shape.heads() * shape.headSize();
            for (int from = 0; from < 700; from += chunk) {
                int to = Math.min(700, from + chunk);
                scene.write(table, from, to);
                float[] out = scene.run(List.of(new Part(table, from, to, to)), 1);
                float[] expected = Arrays.copyOfRange(atOnce, from * width, to * width);
                assertSameBits(expected, out, 0, "chunk at " + from);
            }
        }
    }

    @Test
    void theNumberOfPartsChangesNothing() {
        Random random = new Random(11);
        try (Arena arena = Arena.ofConfined()) {
            AttentionScene scene = new AttentionScene(arena, shape(4, 1, 32), DType.BF16, 16, 5000, 1, random);
            int[] table = scene.newTable();
            scene.write(table, 0, 5000);
            List<Part> step = List.of(new Part(table, 4990, 5000, 5000), new Part(table, 600, 640, 5000));
            float[] alone = scene.run(step, 1);
            for (int parts = 2; parts <= 33; parts++) {
                assertSameBits(alone, scene.run(step, parts), 0, parts + " parts");
            }
        }
    }

    @Test
    void threadsRunningAtOnceGiveTheBitsOfOne() {
        Random random = new Random(12);
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(2)) {
            AttentionScene scene = new AttentionScene(arena, shape(4, 2, 64), DType.BF16, 16, 2000, 1, random);
            int[] table = scene.newTable();
            scene.write(table, 0, 2000);
            float[] alone = scene.run(List.of(new Part(table, 1900, 2000, 2000)), 1);
            AttentionPlan plan = new AttentionPlan(scene.shape, 5);
            int[] positions = new int[100];
            Arrays.setAll(positions, i -> 1900 + i);
            plan.prepare(new int[] {0, 100}, positions, new int[] {2000});
            Matrix q = scene.matrix(Arrays.copyOfRange(scene.q, 1900 * 256, 2000 * 256), 256);
            PagedAttention attention = new PagedAttention(scene.shape, DType.BF16, 5);
            for (int round = 0; round < 20; round++) {
                Matrix out = scene.matrix(new float[alone.length], 256);
                pool.parallel(5, (part, worker) -> attention.run(part, plan, scene.pool, q, table, table.length, out));
                pool.parallel(5, (part, worker) -> attention.finish(part, plan, out));
                for (int i = 0; i < alone.length; i++) {
                    assertEquals(Float.floatToRawIntBits(alone[i]), Float.floatToRawIntBits(out.get(0, i)));
                }
            }
        }
    }

    @Test
    void aNanInALaterTokenReachesNoEarlierRow() {
        Random random = new Random(5);
        AttentionShape shape = shape(3, 3, 64);
        try (Arena arena = Arena.ofConfined()) {
            AttentionScene scene = new AttentionScene(arena, shape, DType.BF16, 16, 600, 1, random);
            float[][] expected = new float[600][];
            for (int p = 0; p < 600; p++) {
                expected[p] = scene.expected(p, 600);
            }
            int width = shape.kvHeads() * shape.headSize();
            Arrays.fill(scene.k, 590 * width, 591 * width, Float.NaN);
            Arrays.fill(scene.v, 590 * width, 591 * width, Float.POSITIVE_INFINITY);
            int[] table = scene.newTable();
            scene.write(table, 0, 600);
            float[] out = scene.run(List.of(new Part(table, 0, 600, 600)), 1);
            for (int p = 0; p < 590; p++) {
                assertSameBits(expected[p], out, p * 3 * 64, "position " + p);
            }
            for (int p = 590; p < 600; p++) {
                assertTrue(Float.isNaN(out[p * 3 * 64]), "the token itself and those after it see the NaN: " + p);
            }
        }
    }

    @Test
    void aCopiedAndARestoredBlockReadLikeTheirSource() {
        for (int size : new int[] {64, 80, 33}) {
            Random random = new Random(size);
            for (DType dtype : PagedKvPool.TYPES) {
                try (Arena arena = Arena.ofConfined()) {
                    AttentionShape shape = shape(2, 2, size);
                    AttentionScene scene = new AttentionScene(arena, shape, dtype, 32, 96, 3, random);
                    int[] table = scene.newTable();
                    int[] copies = scene.newTable();
                    int[] restored = scene.newTable();
                    scene.write(table, 0, 96);
                    long bytes = scene.pool.blockBytes();
                    MemorySegment host = arena.allocate(bytes * table.length);
                    for (int i = 0; i < table.length; i++) {
                        scene.pool.copyBlock(table[i], copies[i]);
                        scene.pool.save(table[i], host, i * bytes);
                        scene.pool.restore(restored[i], host, i * bytes);
                    }
                    for (int[] blocks : List.of(copies, restored)) {
                        float[] out = scene.run(List.of(new Part(blocks, 95, 96, 96)), 1);
                        assertSameBits(scene.expected(95, 96), out, 0, "head size " + size + ", " + dtype);
                    }
                }
            }
        }
    }

    @Test
    void anEncoderAttendsToItsOwnRowsInBothDirections() {
        Random random = new Random(3);
        AttentionShape shape =
                new AttentionShape(4, 2, 32, 0.2f, new Mask.Bidirectional(), Optional.empty(), new float[0]);
        try (Arena arena = Arena.ofConfined()) {
            AttentionScene scene = new AttentionScene(arena, shape, DType.BF16, 16, 640, 1, random);
            StepKeys keys = new StepKeys(arena, shape, DType.BF16, 640, 3);
            AttentionScene.poison(keys.pool());
            AttentionPlan plan = new AttentionPlan(shape, 3);
            int[] starts = {0, 600, 601, 640};
            int[] positions = IntStream.range(0, 640)
                    .map(row -> row < 600 ? row : row < 601 ? 0 : row - 601)
                    .toArray();
            keys.prepare(starts, positions, plan);
            keys.pool().write(scene.matrix(scene.k, 64), scene.matrix(scene.v, 64), keys.slots(), 0, 640);
            float[] out = scene.attend(plan, keys.pool(), scene.q, keys.blockTables(), keys.tableStride(), 3);
            AttentionDefinition definition = new AttentionDefinition(shape, DType.BF16);
            for (int s = 0; s < 3; s++) {
                float[] k = Arrays.copyOfRange(scene.k, starts[s] * 64, starts[s + 1] * 64);
                float[] v = Arrays.copyOfRange(scene.v, starts[s] * 64, starts[s + 1] * 64);
                for (int row = starts[s]; row < starts[s + 1]; row++) {
                    float[] q = Arrays.copyOfRange(scene.q, row * 128, (row + 1) * 128);
                    for (int head = 0; head < 4; head++) {
                        int rows = starts[s + 1] - starts[s];
                        float[] expected = definition.attend(q, head, row - starts[s], rows, k, v);
                        assertSameBits(expected, out, row * 128 + head * 32, "row " + row);
                    }
                }
            }
        }
    }

    @Test
    void aBlockSizeThatIsNoMultipleOfAPageIsRefusedWithTheReason() {
        CacheGroup.PagedKv group = new CacheGroup.PagedKv("layers", 1, 1, 64, DType.BF16, 8, 4);
        assertFalse(PagedKvPool.supports(group).granted());
        Support.No no = (Support.No) PagedKvPool.supports(group);
        assertTrue(no.reason().contains("multiple of 16"), no.reason());
        assertThrows(IllegalArgumentException.class, () -> new PagedKvPool(Arena.ofAuto(), group));
    }

    @Test
    void savedBlocksTakeTheBytesThatTheLayoutPromises() {
        CacheGroup.PagedKv group = new CacheGroup.PagedKv("layers", 1, 3, 80, DType.BF16, 32, 4);
        assertEquals(group.blockBytes(), new PagedKvPool(Arena.ofAuto(), group).blockBytes());
    }
}
