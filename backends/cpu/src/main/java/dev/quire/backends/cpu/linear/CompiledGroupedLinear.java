package dev.quire.backends.cpu.linear;

import dev.quire.api.types.WeightFormat;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Layers of weights of 4 or 8 bits by the C kernels: x is rounded to bf16, codes stay as they are stored, and sums are float32. */
final class CompiledGroupedLinear extends PanelLinear {
    /** Rows that share the sums in a worker's cache. */
    private static final int ROW_BLOCK = 96;
    /** Inputs of all rows of a call, which the garbage collector waits for. */
    private static final int CALL = 1 << 17;

    private final CompiledKernels kernels;
    private final GroupFormat format;
    private final int kind;
    private final float zero;
    private final Scratch scratch;

    /** Memory that all layers of a packer share. */
    static final class Scratch {
        private MemorySegment pairs = MemorySegment.ofArray(new int[0]);
        private MemorySegment sums = MemorySegment.ofArray(new float[0]);
        private final List<float[]> results = new ArrayList<>();
        private final List<MemorySegment> resultSegments = new ArrayList<>();

        Scratch(int threads) {
            for (int w = 0; w < threads; w++) {
                results.add(new float[ROW_BLOCK * Panels.WIDTH]);
                resultSegments.add(MemorySegment.ofArray(results.getLast()));
            }
        }

        private void grow(int rows, int inputs) {
            int size = rows * inputs / 2;
            if (pairs.byteSize() < 4L * size) {
                pairs = MemorySegment.ofArray(new int[size]);
            }
            int groups = rows * (inputs / GroupFormat.STRIPE);
            if (sums.byteSize() < 4L * groups) {
                sums = MemorySegment.ofArray(new float[groups]);
            }
        }
    }

    CompiledGroupedLinear(
            CompiledKernels kernels,
            WorkerPool pool,
            GroupFormat format,
            int inputs,
            Panels panels,
            MemorySegment packed,
            List<Optional<MemorySegment>> biases,
            Scratch scratch) {
        super(pool, inputs, panels, packed, biases);
        this.kernels = kernels;
        this.format = format;
        this.kind = kind(format.format());
        this.zero = 1 + format.zero() / 16f;
        this.scratch = scratch;
    }

    /** Whether the C kernels know a format. */
    static boolean serves(WeightFormat format) {
        return switch (format) {
            case Q4_0, Q4_1, Q4_K, Q8_0, INT8, INT4_G32, INT4_G64, INT4_G128 -> true;
            default -> false;
        };
    }

    /** The number that {@code grouped.c} has for how a format scales its groups. */
    private static int kind(WeightFormat format) {
        return switch (format) {
            case Q4_0 -> 0;
            case Q4_1 -> 1;
            case Q4_K -> 2;
            case Q8_0 -> 3;
            case INT8 -> 4;
            case INT4_G32, INT4_G64, INT4_G128 -> 5;
            default -> throw new IllegalArgumentException("no C kernel for %s weights".formatted(format));
        };
    }

    /**
     * Packs up to 64 rows, from {@code firstRow}, into one panel of zeros at byte {@code panel}: the bits of {@link GroupPacking#pack}, which takes some
     * ten times as long until the JVM has compiled it.
     *
     * @return false if it cannot: the format is not a GGUF file's of 4 or 8 bits, a scale is not a finite number, or the weights lie on the heap
     */
    static boolean pack(
            CompiledKernels kernels,
            GroupFormat format,
            LinearWeight weight,
            int firstRow,
            MemorySegment packed,
            long panel) {
        boolean known = switch (format.format()) {
            case Q4_0, Q4_1, Q4_K, Q8_0 -> true;
            default -> false;
        };
        if (!known || !weight.data().isNative()) {
            return false;
        }
        int rows = Math.min(Panels.WIDTH, weight.outputs() - firstRow);
        int blocks = weight.inputs() / format.blockInputs();
        int stored = weight.format().blockBytes();
        long rowBytes = (long) blocks * stored;
        return kernels.pack(
                kind(format.format()),
                weight.data().asSlice(firstRow * rowBytes, rows * rowBytes),
                rows,
                blocks,
                stored,
                packed.asSlice(panel, format.panelBytes(weight.inputs())),
                format.blockBytes());
    }

    @Override
    public String kernel() {
        return "C " + format.format() + (kernels.tiles() ? ", tiles of bf16" : ", pairs of bf16");
    }

    @Override
    public Run begin(MemorySegment x, int rows, List<MemorySegment> ys) {
        RunCheck.check(this, x, rows, ys);
        scratch.grow(rows, inputs);
        MemorySegment pairs = scratch.pairs;
        MemorySegment sums = scratch.sums;
        return new Run() {
            @Override
            public void ready(int from, int to) {
                kernels.arrange(kind, from, to - from, inputs, x, pairs, sums);
            }

            @Override
            public void multiply() {
                CompiledGroupedLinear.this.multiply(rows, pairs, sums, ys);
            }
        };
    }

    private void multiply(int rows, MemorySegment pairs, MemorySegment sums, List<MemorySegment> ys) {
        Grid grid = Grid.of(rows, panels.count(), pool.threads());
        long panelBytes = format.panelBytes(inputs);
        int tile = kernels.tiles() ? 16 : 6; // rows that the C takes together
        int block = Math.clamp(CALL / inputs / tile * tile, tile, ROW_BLOCK);
        pool.parallel(grid.parts(), (part, worker) -> {
            MemorySegment result = scratch.resultSegments.get(worker);
            for (int panel = grid.firstPanel(part); panel < grid.endPanel(part); panel++) {
                for (int row = grid.firstRow(part); row < grid.endRow(part); row += block) {
                    int count = Math.min(block, grid.endRow(part) - row);
                    kernels.grouped(
                            kind,
                            row,
                            count,
                            inputs,
                            packed,
                            panel * panelBytes,
                            format.blockBytes(),
                            zero,
                            pairs,
                            sums,
                            result);
                    store(panel, row, count, scratch.results.get(worker), ys);
                }
            }
        });
    }
}
