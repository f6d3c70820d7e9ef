package dev.quire.backends.cpu.attention;

import static org.junit.jupiter.api.Assertions.fail;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.types.DType;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A cache of shuffled blocks, every byte of it NaN until written, and one sequence's queries, keys and values to run steps with. Sequences
 * are prefixes of the same text, each in blocks of its own.
 */
final class AttentionScene {
    final AttentionShape shape;
    final DType dtype;
    final int tokens;
    final float[] q;
    final float[] k;
    final float[] v;
    final PagedKvPool pool;

    /** Kernels in C that steps run with; none of them by default. */
    Optional<CompiledKernels> kernels = Optional.empty();

    private final Arena arena;
    private final int blockSize;
    private final List<Integer> free = new ArrayList<>();

    AttentionScene(
            Arena arena, AttentionShape shape, DType dtype, int blockSize, int tokens, int copies, Random random) {
        this.arena = arena;
        this.shape = shape;
        this.dtype = dtype;
        this.blockSize = blockSize;
        this.tokens = tokens;
        this.q = gaussian(random, tokens * shape.heads() * shape.headSize(), 1f);
        this.k = gaussian(random, tokens * shape.kvHeads() * shape.headSize(), random.nextBoolean() ? 1f : 6f);
        this.v = gaussian(random, tokens * shape.kvHeads() * shape.headSize(), 1f);
        int blocks = copies * ((tokens + blockSize - 1) / blockSize);
        this.pool = new PagedKvPool(
                arena, new CacheGroup.PagedKv("scene", 1, shape.kvHeads(), shape.headSize(), dtype, blockSize, blocks));
        poison(pool);
        for (int i = 0; i < blocks; i++) {
            free.add(i);
        }
        Collections.shuffle(free, random);
    }

    /** NaN in every place, whichever way its bits are read. */
    static void poison(PagedKvPool pool) {
        for (MemorySegment memory : List.of(pool.keys(), pool.values())) {
            for (long at = 0; at + 4 <= memory.byteSize(); at += 4) {
                memory.set(ValueLayout.JAVA_INT_UNALIGNED, at, -1);
            }
        }
    }

    private static float[] gaussian(Random random, int count, float spread) {
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) random.nextGaussian() * spread * (random.nextInt(200) == 0 ? 30f : 1f);
        }
        return x;
    }

    /** Takes blocks for a sequence of all tokens. */
    int[] newTable() {
        int[] table = new int[(tokens + blockSize - 1) / blockSize];
        Arrays.setAll(table, i -> free.removeLast());
        return table;
    }

    /** Writes keys and values of positions {@code from} to {@code to − 1}. */
    void write(int[] table, int from, int to) {
        int width = shape.kvHeads() * shape.headSize();
        int[] slots = new int[to];
        for (int t = from; t < to; t++) {
            slots[t] = table[t / blockSize] * blockSize + t % blockSize;
        }
        pool.write(matrix(k, width), matrix(v, width), slots, from, to);
    }

    Matrix matrix(float[] x, int width) {
        MemorySegment memory = arena.allocate(x.length * 4L, 64);
        MemorySegment.copy(x, 0, memory, ValueLayout.JAVA_FLOAT, 0, x.length);
        return Matrix.dense(memory, width);
    }

    /** One sequence's part of a step: queries of positions {@code from} to {@code to − 1}, keys {@code length}. */
    record Part(int[] table, int from, int to, int length) {}

    /** Runs a step in {@code parts} spans and returns [rows, heads · headSize]. */
    float[] run(List<Part> sequences, int parts) {
        int rows = sequences.stream().mapToInt(p -> p.to() - p.from()).sum();
        int width = shape.heads() * shape.headSize();
        int stride = sequences.stream().mapToInt(p -> p.table().length).max().orElse(0);
        int[] starts = new int[sequences.size() + 1];
        int[] positions = new int[rows];
        int[] lengths = new int[sequences.size()];
        int[] tables = new int[sequences.size() * stride];
        Arrays.fill(tables, Integer.MAX_VALUE);
        float[] queries = new float[rows * width];
        for (int s = 0; s < sequences.size(); s++) {
            Part part = sequences.get(s);
            starts[s + 1] = starts[s] + part.to() - part.from();
            lengths[s] = part.length();
            int blocks = (part.length() + blockSize - 1) / blockSize;
            System.arraycopy(part.table(), 0, tables, s * stride, blocks);
            for (int i = 0; i < part.to() - part.from(); i++) {
                positions[starts[s] + i] = part.from() + i;
            }
            System.arraycopy(q, part.from() * width, queries, starts[s] * width, (part.to() - part.from()) * width);
        }
        AttentionPlan plan = new AttentionPlan(shape, parts);
        plan.prepare(starts, positions, lengths);
        return attend(plan, pool, queries, tables, stride, parts);
    }

    float[] attend(AttentionPlan plan, PagedKvPool from, float[] queries, int[] tables, int stride, int parts) {
        int width = shape.heads() * shape.headSize();
        Matrix in = matrix(queries, width);
        Matrix out = matrix(new float[queries.length], width);
        PagedAttention attention = new PagedAttention(shape, dtype, parts, kernels);
        // Later parts first: no part may lean on another.
        for (int part = parts - 1; part >= 0; part--) {
            attention.run(part, plan, from, in, tables, stride, out);
        }
        for (int part = 0; part < parts; part++) {
            attention.finish(part, plan, out);
        }
        float[] result = new float[queries.length];
        MemorySegment.copy(out.memory(), ValueLayout.JAVA_FLOAT, 0, result, 0, result.length);
        return result;
    }

    /** What the definition gives for one position, [heads · headSize]. */
    float[] expected(int position, int length) {
        int size = shape.headSize();
        int width = shape.heads() * size;
        float[] row = Arrays.copyOfRange(q, position * width, (position + 1) * width);
        float[] out = new float[width];
        AttentionDefinition definition = new AttentionDefinition(shape, dtype);
        for (int head = 0; head < shape.heads(); head++) {
            System.arraycopy(definition.attend(row, head, position, length, k, v), 0, out, head * size, size);
        }
        return out;
    }

    static void assertSameBits(float[] expected, float[] actual, int actualAt, String what) {
        for (int i = 0; i < expected.length; i++) {
            int a = Float.floatToIntBits(expected[i]);
            int b = Float.floatToIntBits(actual[actualAt + i]);
            if (a != b) {
                fail("%s: element %d is %s, the definition gives %s"
                        .formatted(what, i, actual[actualAt + i], expected[i]));
            }
        }
    }
}
