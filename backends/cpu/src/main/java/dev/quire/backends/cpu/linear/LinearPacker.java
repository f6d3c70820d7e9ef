package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.quire.api.types.WeightFormat;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.onednn.MatrixType;
import dev.quire.backends.cpu.onednn.OneDnnLibrary;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes linear layers: chooses their kernels and packs their weights, on all workers of the pool. Its layers share scratch memory, so
 * one thread at a time packs and runs them.
 *
 * <p>BF16, Q4_0, Q4_1, Q4_K, Q8_0, INT8 and INT4 weights run in C where there are kernels, with x rounded to bf16. Else F32 and BF16 weights go to
 * oneDNN where it has a kernel for the shape that passes {@link KernelCheck}, and to plain Java where not; F16 weights become float32,
 * which holds each of their values exactly. Other quantized weights keep their codes and scales and run in plain Java, with float32 x. In a
 * canonical order weights of all formats become bf16 and run in plain Java.
 */
public final class LinearPacker {
    private static final Logger LOG = LoggerFactory.getLogger(LinearPacker.class);

    /** Weights begin on a page. */
    private static final long ALIGNMENT = 4096;

    private final WorkerPool pool;
    private final OneDnnLibrary library;
    private final Map<MatrixType, DenseKernel> oneDnnKernels = new EnumMap<>(MatrixType.class);
    private final Map<MatrixType, DenseKernel> vectorKernels = new EnumMap<>(MatrixType.class);
    private final GroupedLinear.GroupScratch groupScratch;
    private final CompiledGroupedLinear.Scratch compiledScratch;
    private final Optional<CompiledKernels> kernels;
    private final Optional<CompiledDenseKernel> compiledDense;
    private final CanonicalScratch canonicalScratch;
    private final Map<Shape, Optional<String>> objections = new HashMap<>();

    private record Shape(MatrixType type, int inputs, int outputs) {}

    /**
     * A packer for layers that run on a pool.
     *
     * @param pool outlives the layers
     * @param library outlives the layers
     */
    public LinearPacker(WorkerPool pool, OneDnnLibrary library) {
        this(pool, library, Optional.empty());
    }

    /**
     * The same with layers of bf16 and of 4 and 8 bits in C, where there are kernels.
     *
     * @param kernels used for layers whose sums have no order
     */
    public LinearPacker(WorkerPool pool, OneDnnLibrary library, Optional<CompiledKernels> kernels) {
        this.kernels = kernels;
        this.compiledDense = kernels.map(k -> new CompiledDenseKernel(k, pool.threads()));
        this.compiledScratch = new CompiledGroupedLinear.Scratch(pool.threads());
        this.pool = pool;
        this.library = library;
        this.groupScratch = new GroupedLinear.GroupScratch(pool.threads());
        this.canonicalScratch = new CanonicalScratch(pool.threads());
        for (MatrixType type : MatrixType.values()) {
            vectorKernels.put(type, new VectorKernel(type));
            if (library instanceof OneDnnLibrary.Loaded(var oneDnn)) {
                oneDnnKernels.put(type, new OneDnnKernel(oneDnn, type, pool));
            }
        }
    }

    /**
     * Packs layers that read the same x into one that runs them all.
     *
     * @param weights at least one; of one format and one width
     * @param order of their sums
     * @param arena owns the packed weights; shared, or of the only thread that will ever run the layer when the pool has one worker
     * @throws IllegalArgumentException if the weights cannot be packed together
     */
    public PackedLinear pack(List<LinearWeight> weights, SumOrder order, Arena arena) {
        LinearWeight model = weights.getFirst();
        weights.forEach(weight -> alike(weight, model));
        Panels panels = Panels.of(weights.stream().map(LinearWeight::outputs).toList());
        List<Optional<MemorySegment>> biases =
                weights.stream().map(w -> w.bias().map(b -> copy(b, arena))).toList();
        if (order != SumOrder.FREE) {
            return packCanonical(weights, order, panels, biases, arena);
        }
        return model.format().isQuantized()
                ? packGrouped(weights, panels, biases, arena)
                : packDense(weights, panels, biases, arena);
    }

    /** Whether {@link #packGated} serves weights of a format: C kernels multiply them, and hold their sums as float32. */
    public static boolean gates(WeightFormat format, Optional<CompiledKernels> kernels) {
        return kernels.isPresent() && format == WeightFormat.BF16;
    }

    /**
     * Packs a gated MLP: layers whose x is silu(gate) · up. Their sums have no order.
     *
     * @param gate without bias, in bf16
     * @param up the same, with as many inputs and outputs
     * @param down at least one, in bf16, with as many inputs as those have outputs
     * @param arena as of {@link #pack}
     * @throws IllegalArgumentException if the weights do not fit, or there are no C kernels
     */
    public PackedLinear packGated(LinearWeight gate, LinearWeight up, List<LinearWeight> down, Arena arena) {
        alike(up, gate);
        int width = gate.outputs();
        if (!gates(gate.format(), kernels)
                || up.outputs() != width
                || gate.bias().isPresent()
                || up.bias().isPresent()) {
            throw new IllegalArgumentException(
                    "%s layers of %d and %d outputs cannot be gated in C: it takes two of bf16, of one size and without bias, and a processor that it serves"
                            .formatted(gate.format(), width, up.outputs()));
        }
        for (LinearWeight weight : down) {
            if (weight.format() != gate.format() || weight.inputs() != width) {
                throw new IllegalArgumentException(
                        "%s weights of %d inputs cannot read what %s layers of %d outputs gate"
                                .formatted(weight.format(), weight.inputs(), gate.format(), width));
            }
        }
        long panelBytes = MatrixType.BF16.panelBytes(gate.inputs());
        int count = 2 * Math.ceilDiv(width, Panels.WIDTH);
        MemorySegment packed = arena.allocate(panelBytes * count, ALIGNMENT);
        pool.parallel(
                count,
                (panel, worker) -> DensePacking.pack(
                        panel % 2 == 0 ? gate : up, panel / 2 * Panels.WIDTH, packed, panel * panelBytes));
        DenseLinear reader = (DenseLinear) pack(down, SumOrder.FREE, arena);
        return new GatedLayers(pool, compiledDense.orElseThrow(), gate.inputs(), width, packed, reader);
    }

    private static void alike(LinearWeight weight, LinearWeight model) {
        if (weight.format() != model.format() || weight.inputs() != model.inputs()) {
            throw new IllegalArgumentException(
                    "%s weights of %d inputs cannot be packed with %s of %d; one format, one x"
                            .formatted(weight.format(), weight.inputs(), model.format(), model.inputs()));
        }
    }

    /**
     * Has the JVM compile the kernels of a format and an order, before a first request waits for it. Takes nothing where they are C, a few milliseconds where
     * oneDNN serves, and up to a few seconds elsewhere.
     */
    public void warmUp(WeightFormat format, SumOrder order) {
        boolean compiled = kernels.isPresent() && (format == WeightFormat.BF16 || CompiledGroupedLinear.serves(format));
        if (order != SumOrder.FREE || !compiled) {
            KernelWarmup.run(this, format, order);
        }
    }

    private PackedLinear packCanonical(
            List<LinearWeight> weights,
            SumOrder order,
            Panels panels,
            List<Optional<MemorySegment>> biases,
            Arena arena) {
        CanonicalLayout layout = new CanonicalLayout(weights.getFirst().inputs(), order.slices());
        long panelBytes = CanonicalPacking.panelBytes(layout);
        MemorySegment packed = arena.allocate(panelBytes * panels.count(), ALIGNMENT);
        pool.parallel(panels.count(), (panel, worker) -> {
            int layer = panels.layerOf(panel);
            CanonicalPacking.pack(
                    weights.get(layer), layout, panels.firstOutput(layer, panel), packed, panel * panelBytes);
        });
        return new CanonicalLinear(pool, layout, panels, packed, biases, canonicalScratch);
    }

    private PackedLinear packGrouped(
            List<LinearWeight> weights, Panels panels, List<Optional<MemorySegment>> biases, Arena arena) {
        int inputs = weights.getFirst().inputs();
        GroupFormat format = GroupFormat.of(weights.getFirst().format());
        long panelBytes = format.panelBytes(inputs);
        MemorySegment packed = arena.allocate(panelBytes * panels.count(), ALIGNMENT);
        boolean compiled = kernels.isPresent() && CompiledGroupedLinear.serves(format.format());
        pool.parallel(panels.count(), (panel, worker) -> {
            int layer = panels.layerOf(panel);
            int firstRow = panels.firstOutput(layer, panel);
            if (!compiled
                    || !CompiledGroupedLinear.pack(
                            kernels.get(), format, weights.get(layer), firstRow, packed, panel * panelBytes)) {
                GroupPacking.pack(format, weights.get(layer), firstRow, packed, panel * panelBytes);
            }
        });
        if (compiled) {
            return new CompiledGroupedLinear(
                    kernels.get(), pool, format, inputs, panels, packed, biases, compiledScratch);
        }
        return new GroupedLinear(pool, format, inputs, panels, packed, biases, groupScratch);
    }

    private PackedLinear packDense(
            List<LinearWeight> weights, Panels panels, List<Optional<MemorySegment>> biases, Arena arena) {
        int inputs = weights.getFirst().inputs();
        MatrixType type = DensePacking.type(weights.getFirst());
        long panelBytes = type.panelBytes(inputs);
        MemorySegment packed = arena.allocate(panelBytes * panels.count(), ALIGNMENT);
        pool.parallel(panels.count(), (panel, worker) -> {
            int layer = panels.layerOf(panel);
            DensePacking.pack(weights.get(layer), panels.firstOutput(layer, panel), packed, panel * panelBytes);
        });
        return new DenseLinear(pool, kernel(type, inputs, panels, packed), type, inputs, panels, packed, biases);
    }

    private DenseKernel kernel(MatrixType type, int inputs, Panels panels, MemorySegment packed) {
        if (type == MatrixType.BF16 && compiledDense.isPresent()) {
            return compiledDense.get();
        }
        if (!(library instanceof OneDnnLibrary.Loaded(var oneDnn))) {
            return vectorKernels.get(type);
        }
        for (int layer = 0; layer < panels.outputs().size(); layer++) {
            long panel = panels.first().get(layer) * type.panelBytes(inputs);
            Shape shape = new Shape(type, inputs, panels.outputs().get(layer));
            Optional<String> objection = objections.get(shape);
            if (objection == null) {
                objection = KernelCheck.objection(oneDnn, type, inputs, shape.outputs(), packed, panel);
                objection
                        .filter(reason -> !objections.containsValue(Optional.of(reason)))
                        .ifPresent(reason -> LOG.warn(
                                "{} linear layers, [{}, {}] the first, run in plain Java: {}",
                                type,
                                shape.outputs(),
                                inputs,
                                reason));
                objections.put(shape, objection);
            }
            if (objection.isPresent()) {
                return vectorKernels.get(type);
            }
        }
        return oneDnnKernels.get(type);
    }

    private static MemorySegment copy(MemorySegment bias, Arena arena) {
        MemorySegment copy = arena.allocate(bias.byteSize(), JAVA_FLOAT.byteAlignment());
        return copy.copyFrom(bias);
    }
}
