package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.quire.api.types.WeightFormat;
import dev.quire.backends.cpu.compiled.BuiltKernels;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.onednn.OneDnnLibrary;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Times all linear layers of one step of a Llama of SmolLM2-135M's size, by batch size, beside what the machine can read and multiply,
 * each step between two such probes, since shared machines have moods: {@code LinearBenchmark [threads] [format…]}, a format with
 * {@code -java} after it without oneDNN and C, with {@code -onednn} without C, with {@code -pairs} without tiles, with {@code -canonical} in canonical
 * order. Not a test.
 */
final class LinearBenchmark {
    private static final int LAYERS = 30;
    private static final int VOCABULARY = 49_152;
    private static final long PROBE_BYTES = 256L << 20;
    private static final double SECONDS = 1.0;

    private final Samples samples = new Samples("LinearBenchmark");
    private final WorkerPool pool;
    private final OneDnnLibrary library;
    private final Arena arena = Arena.ofShared();
    private Optional<CompiledKernels> kernels = Optional.empty();
    private boolean canonical;

    private LinearBenchmark(WorkerPool pool, OneDnnLibrary library) {
        this.pool = pool;
        this.library = library;
    }

    public static void main(String[] args) {
        int threads = args.length > 0
                ? Integer.parseInt(args[0])
                : Runtime.getRuntime().availableProcessors();
        try (WorkerPool pool = new WorkerPool(threads)) {
            var benchmark = new LinearBenchmark(pool, Samples.oneDnn());
            List<String> formats = args.length > 1 ? List.of(args).subList(1, args.length) : List.of("BF16");
            Optional<CompiledKernels> compiled = CompiledKernels.load(
                    Path.of(System.getProperty("java.io.tmpdir"), "quire-linear-benchmark"), System.err::println);
            for (String format : formats) {
                boolean plain = format.endsWith("-java");
                benchmark.kernels = plain || format.endsWith("-onednn") ? Optional.empty() : compiled;
                if (format.endsWith("-pairs")) {
                    benchmark.kernels = BuiltKernels.withoutTiles(compiled);
                }
                benchmark.packerLibrary = null;
                OneDnnLibrary library = plain ? new OneDnnLibrary.Missing("plain Java is measured") : benchmark.library;
                benchmark.canonical = format.endsWith("-canonical");
                benchmark.step(WeightFormat.valueOf(format.replaceAll("-.*", "")), library);
            }
        }
    }

    /** All threads read {@link #PROBE_BYTES} of memory. */
    private Runnable readProbe() {
        MemorySegment memory = arena.allocate(PROBE_BYTES, 1 << 21);
        memory.fill((byte) 1);
        long[] sums = new long[pool.threads() * 16];
        return () ->
                pool.parallel(pool.threads(), (part, worker) -> sums[worker * 16] = sum(memory, part, pool.threads()));
    }

    private static long sum(MemorySegment memory, int part, int parts) {
        long sum = 0;
        long end = PROBE_BYTES * (part + 1) / parts;
        for (long at = PROBE_BYTES * part / parts; at < end; at += Long.BYTES) {
            sum += memory.get(JAVA_LONG, at);
        }
        return sum;
    }

    /** The bf16 kernel on a shape that stays in the caches: 2³⁰ operations. */
    private Runnable multiplyProbe() {
        PackedLinear linear = pack(WeightFormat.BF16, library, SumOrder.FREE, 1024, 1024);
        MemorySegment x = samples.floats(arena, 512L * 1024);
        List<MemorySegment> y = List.of(arena.allocate(4L * 512 * 1024, 64));
        return () -> linear.run(x, 512, y);
    }

    private PackedLinear pack(WeightFormat format, OneDnnLibrary library, SumOrder order, int inputs, int... outputs) {
        try (Arena file = Arena.ofShared()) {
            List<LinearWeight> weights = new ArrayList<>();
            for (int n : outputs) {
                weights.add(
                        format.isQuantized()
                                ? samples.quantized(format, n, inputs, file)
                                : samples.dense(format, n, inputs, file));
            }
            return packer(library).pack(weights, order, arena);
        }
    }

    private LinearPacker packer;
    private OneDnnLibrary packerLibrary;

    private LinearPacker packer(OneDnnLibrary library) {
        if (packerLibrary != library) {
            packerLibrary = library;
            packer = new LinearPacker(pool, library, kernels);
        }
        return packer;
    }

    private record Layer(PackedLinear linear, List<MemorySegment> outputs) {}

    private void step(WeightFormat format, OneDnnLibrary library) {
        SumOrder whole = canonical ? SumOrder.CANONICAL : SumOrder.FREE;
        SumOrder sliced = canonical ? SumOrder.CANONICAL_EIGHT_SLICES : SumOrder.FREE;
        packer(library).warmUp(format, whole);
        Runnable readProbe = readProbe();
        Runnable multiplyProbe = multiplyProbe();
        // Rows are whole blocks.
        int hidden = 576 % format.blockElements() == 0 ? 576 : 512;
        int most = 512;
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < LAYERS; i++) {
            layers.add(layer(pack(format, library, whole, hidden, hidden, 192, 192), most));
            layers.add(layer(pack(format, library, sliced, hidden, hidden), most));
            layers.add(layer(pack(format, library, whole, hidden, 1536, 1536), most));
            layers.add(layer(pack(format, library, sliced, 1536, hidden), most));
        }
        Layer head = layer(pack(format, library, whole, hidden, VOCABULARY), 64);
        long bytes = layers.stream().mapToLong(l -> l.linear.packedBytes()).sum();
        long headBytes = head.linear.packedBytes();
        long multiplies = layers.stream()
                .mapToLong(l -> (long) l.linear.inputs()
                        * l.linear.outputs().stream().mapToInt(n -> n).sum())
                .sum();
        long headMultiplies = (long) hidden * VOCABULARY;
        MemorySegment x = samples.floats(arena, most * 1536L);
        System.out.printf("%s, %s: %.0f MB%n", format, head.linear.kernel(), (bytes + headBytes) * 1e-6);
        for (int rows : new int[] {1, 2, 4, 8, 16, 32, 64, 512}) {
            int headRows = Math.min(rows, 64);
            double[] best = best(
                    () -> {
                        for (Layer layer : layers) {
                            layer.linear.run(x, rows, layer.outputs);
                        }
                        head.linear.run(x, headRows, head.outputs);
                    },
                    readProbe,
                    multiplyProbe);
            double seconds = best[0];
            double read = PROBE_BYTES / best[1] * 1e-9;
            double peak = 0x1p30 / best[2] * 1e-9;
            double rate = (bytes + headBytes) / seconds * 1e-9;
            double flops = 2.0 * (multiplies * rows + headMultiplies * headRows) / seconds * 1e-9;
            System.out.printf(
                    "  %3d rows: %8.2f ms, %7.0f tokens/s, %5.1f GB/s (%.0f%% of %.1f), %5.0f GFLOP/s (%.0f%% of %.0f)%n",
                    rows,
                    seconds * 1e3,
                    rows / seconds,
                    rate,
                    100 * rate / read,
                    read,
                    flops,
                    100 * flops / peak,
                    peak);
        }
    }

    private Layer layer(PackedLinear linear, int rows) {
        return new Layer(
                linear,
                linear.outputs().stream()
                        .map(n -> arena.allocate(4L * rows * n, 64))
                        .toList());
    }

    /** Seconds of the quickest of many runs of each, taken in turns. */
    private static double[] best(Runnable... works) {
        double[] best = new double[works.length];
        Arrays.fill(best, Double.MAX_VALUE);
        long end = System.nanoTime() + (long) (SECONDS * 1e9);
        do {
            for (int i = 0; i < works.length; i++) {
                long start = System.nanoTime();
                works[i].run();
                best[i] = Math.min(best[i], (System.nanoTime() - start) * 1e-9);
            }
        } while (System.nanoTime() < end);
        return best;
    }
}
