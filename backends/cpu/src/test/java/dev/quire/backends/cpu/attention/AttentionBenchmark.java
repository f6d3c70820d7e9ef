package dev.quire.backends.cpu.attention;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.program.Mask;
import dev.quire.api.types.DType;
import dev.quire.backends.cpu.compiled.BuiltKernels;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.elementwise.Lanes;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Phaser;
import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Speed of decode and prefill attention beside the machine's own limits, measured in the same run: bytes of keys and values per second
 * against a plain read of the same memory, multiply-adds per second against a loop of nothing else. Not a test: run its main.
 */
final class AttentionBenchmark {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final int threads;
    private final Phaser gate;

    private AttentionBenchmark(int threads) {
        this.threads = threads;
        this.gate = new Phaser(threads);
    }

    public static void main(String[] args) {
        int threads = args.length > 0
                ? Integer.parseInt(args[0])
                : Runtime.getRuntime().availableProcessors();
        AttentionBenchmark bench = new AttentionBenchmark(threads);
        System.out.printf(
                Locale.ROOT,
                "Java %s, %d threads, vectors of %d bits%n",
                Runtime.version(),
                threads,
                Lanes.FLOAT.vectorBitSize());
        double peak = bench.peak();
        System.out.printf(Locale.ROOT, "float32 multiply-add: %.0f GFLOP/s%n", peak / 1e9);
        int[][] shapes = {{9, 3, 64}, {32, 8, 128}, {8, 8, 64}, {28, 4, 128}, {32, 8, 96}};
        for (int[] shape : args.length > 1 ? Arrays.copyOf(shapes, Integer.parseInt(args[1])) : shapes) {
            for (Optional<CompiledKernels> kernels : kernels()) {
                bench.decode(shape[0], shape[1], shape[2], 8192, kernels);
                bench.prefill(shape[0], shape[1], shape[2], 2048, peak, kernels);
            }
        }
    }

    /** None, and those in C where there are some: with pairs, and with tiles. */
    private static List<Optional<CompiledKernels>> kernels() {
        Optional<CompiledKernels> compiled = CompiledKernels.load(
                Path.of(System.getProperty("java.io.tmpdir"), "quire-attention-benchmark"), System.err::println);
        List<Optional<CompiledKernels>> all = new ArrayList<>();
        all.add(Optional.empty());
        BuiltKernels.withoutTiles(compiled).map(Optional::of).ifPresent(all::add);
        compiled.map(Optional::of).ifPresent(all::add);
        return all;
    }

    private static String language(Optional<CompiledKernels> kernels) {
        return kernels.map(c -> c.tiles() ? "tiles" : "pairs").orElse("Java");
    }

    private void decode(int heads, int kvHeads, int size, int context, Optional<CompiledKernels> kernels) {
        int sequences = Math.max(1, 120_000_000 / (context * kvHeads * size * 4));
        try (Scene scene = new Scene(heads, kvHeads, size, sequences, context, 1, threads, kernels)) {
            double seconds = scene.time(this);
            double stream = stream(scene.pool.keys());
            double bytes = 4.0 * sequences * context * kvHeads * size;
            System.out.printf(
                    Locale.ROOT,
                    "%-5s decode  %d/%d heads of %d, %d sequences of %d: %.1f GB/s, %.0f%% of a stream's %.1f%n",
                    language(kernels),
                    heads,
                    kvHeads,
                    size,
                    sequences,
                    context,
                    bytes / seconds / 1e9,
                    100 * bytes / seconds / stream,
                    stream / 1e9);
        }
    }

    private void prefill(int heads, int kvHeads, int size, int tokens, double peak, Optional<CompiledKernels> kernels) {
        try (Scene scene = new Scene(heads, kvHeads, size, 1, tokens, tokens, threads, kernels)) {
            double seconds = scene.time(this);
            double flops = 2.0 * heads * size * tokens * (tokens + 1.0);
            System.out.printf(
                    Locale.ROOT,
                    "%-5s prefill %d/%d heads of %d, %d tokens: %.0f GFLOP/s, %.0f%% of peak%n",
                    language(kernels),
                    heads,
                    kvHeads,
                    size,
                    tokens,
                    flops / seconds / 1e9,
                    100 * flops / seconds / peak);
        }
    }

    /** One layer's step. */
    private static final class Scene implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        final PagedKvPool pool;
        private final AttentionPlan plan;
        private final PagedAttention attention;
        private final Matrix q;
        private final Matrix out;
        private final int[] tables;
        private final int stride;

        Scene(
                int heads,
                int kvHeads,
                int size,
                int sequences,
                int context,
                int queries,
                int threads,
                Optional<CompiledKernels> kernels) {
            AttentionShape shape = new AttentionShape(
                    heads, kvHeads, size, (float) (1 / Math.sqrt(size)), Mask.CAUSAL, Optional.empty(), new float[0]);
            stride = context / 16;
            pool = new PagedKvPool(
                    arena, new CacheGroup.PagedKv("bench", 1, kvHeads, size, DType.BF16, 16, sequences * stride));
            for (MemorySegment memory : new MemorySegment[] {pool.keys(), pool.values()}) {
                memory.fill((byte) 0x3e);
            }
            tables = new int[sequences * stride];
            Arrays.setAll(tables, i -> i);
            plan = new AttentionPlan(shape, threads);
            int[] starts = new int[sequences + 1];
            int[] positions = new int[sequences * queries];
            int[] lengths = new int[sequences];
            for (int s = 0; s < sequences; s++) {
                starts[s + 1] = starts[s] + queries;
                lengths[s] = context;
                for (int i = 0; i < queries; i++) {
                    positions[starts[s] + i] = context - queries + i;
                }
            }
            plan.prepare(starts, positions, lengths);
            attention = new PagedAttention(shape, DType.BF16, threads, kernels);
            long bytes = (long) sequences * queries * heads * size * 4;
            q = Matrix.dense(arena.allocate(bytes, 64).fill((byte) 0x3e), heads * size);
            out = Matrix.dense(arena.allocate(bytes, 64), heads * size);
        }

        double time(AttentionBenchmark bench) {
            return bench.best(
                    part -> attention.run(part, plan, pool, q, tables, stride, out),
                    part -> attention.finish(part, plan, out));
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    private double stream(MemorySegment memory) {
        long each = memory.byteSize() / threads / 256 * 256;
        int[] sink = new int[threads];
        double seconds = best(part -> sink[part] = read(memory, part * each, each), part -> {});
        return each * threads / seconds;
    }

    private static int read(MemorySegment memory, long from, long bytes) {
        IntVector a = IntVector.zero(Lanes.INT);
        IntVector b = a;
        IntVector c = a;
        IntVector d = a;
        for (long at = from; at < from + bytes; at += 4L * Lanes.BYTES) {
            a = a.or(IntVector.fromMemorySegment(Lanes.INT, memory, at, LITTLE_ENDIAN));
            b = b.or(IntVector.fromMemorySegment(Lanes.INT, memory, at + Lanes.BYTES, LITTLE_ENDIAN));
            c = c.or(IntVector.fromMemorySegment(Lanes.INT, memory, at + 2L * Lanes.BYTES, LITTLE_ENDIAN));
            d = d.or(IntVector.fromMemorySegment(Lanes.INT, memory, at + 3L * Lanes.BYTES, LITTLE_ENDIAN));
        }
        return a.or(b).or(c.or(d)).lane(0);
    }

    private double peak() {
        int steps = 20_000_000;
        float[] sink = new float[threads];
        double seconds = best(part -> sink[part] = multiplyAdds(steps), part -> {});
        return 2.0 * 8 * Lanes.COUNT * steps * threads / seconds;
    }

    private static float multiplyAdds(int steps) {
        FloatVector x = FloatVector.broadcast(Lanes.FLOAT, 0.999f);
        FloatVector a = x;
        FloatVector b = x.add(1f);
        FloatVector c = x.add(2f);
        FloatVector d = x.add(3f);
        FloatVector e = x.add(4f);
        FloatVector f = x.add(5f);
        FloatVector g = x.add(6f);
        FloatVector h = x.add(7f);
        for (int i = 0; i < steps; i++) {
            a = a.fma(x, x);
            b = b.fma(x, x);
            c = c.fma(x, x);
            d = d.fma(x, x);
            e = e.fma(x, x);
            f = f.fma(x, x);
            g = g.fma(x, x);
            h = h.fma(x, x);
        }
        return a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h))).lane(0);
    }

    /**
     * Seconds of the fastest of the rounds that fit into about two seconds: the processor time of the slowest thread, so that a busy machine
     * does not blur the figures.
     */
    private double best(IntConsumer work, IntConsumer after) {
        double[] seconds = new double[threads];
        double[] best = {Double.MAX_VALUE};
        boolean[] stop = {false};
        long deadline = System.nanoTime() + 2_500_000_000L;
        Thread[] workers = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            int part = i;
            workers[i] = Thread.ofPlatform().start(() -> {
                for (int round = 0; ; round++) {
                    if (part == 0) {
                        stop[0] = round > 20 && System.nanoTime() > deadline;
                    }
                    gate.arriveAndAwaitAdvance();
                    if (stop[0]) {
                        return;
                    }
                    long start = THREADS.getCurrentThreadCpuTime();
                    work.accept(part);
                    seconds[part] = (THREADS.getCurrentThreadCpuTime() - start) / 1e9;
                    gate.arriveAndAwaitAdvance();
                    after.accept(part);
                    gate.arriveAndAwaitAdvance();
                    if (part == 0) {
                        best[0] = Math.min(best[0], Arrays.stream(seconds).max().orElseThrow());
                    }
                }
            });
        }
        for (Thread worker : workers) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted while measuring", e);
            }
        }
        return best[0];
    }
}
