package dev.quire.backends.cpu;

import dev.quire.api.BackendException;
import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.format.BlockDecoder;
import dev.quire.api.program.Op;
import dev.quire.api.program.WeightRef;
import dev.quire.backends.cpu.linear.LinearPacker;
import dev.quire.backends.cpu.linear.LinearWeight;
import dev.quire.backends.cpu.linear.PackedLinear;
import dev.quire.backends.cpu.linear.SumOrder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Weights in memory: as they came until an executable needs them packed, then packed only. A weight that one executable multiplies by and
 * another looks rows up in keeps both forms only if both were compiled before the first {@link #release}. FAST and REPRODUCIBLE programs pack
 * differently: each loads weights of its own.
 */
final class CpuWeights implements Weights {
    /** A weight's bytes as the source gave them. */
    private record Raw(Arena arena, MemorySegment bytes) {}

    /** A layer's weight and bias. */
    private record LinearKey(WeightRef weight, Optional<WeightRef> bias) {}

    /** How layers that are packed as one work together. */
    private enum Form {
        /** All read the same rows. */
        SIDE_BY_SIDE,
        /** The first gates the second, and the others read the product. */
        GATED
    }

    /** Layers that are packed as one. */
    private record RunKey(Form form, List<LinearKey> layers, SumOrder order) {
        static RunKey of(Form form, List<Op.Linear> layers, SumOrder order) {
            return new RunKey(
                    form,
                    layers.stream()
                            .map(layer -> new LinearKey(layer.weight(), layer.bias()))
                            .toList(),
                    order);
        }
    }

    private final List<WeightRef> refs;
    private final LinearPacker packer;
    private final Map<WeightRef, Raw> raw = new HashMap<>();
    private final Arena packedMemory = new PackedMemory(); // whoever packs a panel is the first to touch its pages
    private final Map<RunKey, PackedLinear> packed = new LinkedHashMap<>();
    private final Set<WeightRef> tables = new HashSet<>();

    CpuWeights(List<WeightRef> refs, WeightSource source, LinearPacker packer) {
        this.refs = List.copyOf(refs);
        this.packer = packer;
        try {
            refs.forEach(ref -> read(ref, source));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void read(WeightRef ref, WeightSource source) {
        Arena arena = UntouchedMemory.open(); // every byte is written at once; zeros first would take as long again
        Raw read = new Raw(arena, arena.allocate(ref.bytes(), 64));
        raw.put(ref, read);
        read.bytes().copyFrom(source.read(ref).asSlice(0, ref.bytes()));
    }

    @Override
    public List<WeightRef> refs() {
        return refs;
    }

    @Override
    public long bytes() {
        return raw.values().stream().mapToLong(r -> r.bytes().byteSize()).sum()
                + packed.values().stream().mapToLong(PackedLinear::packedBytes).sum();
    }

    /** A vector in float32. */
    float[] vector(WeightRef ref) {
        float[] values = new float[ref.columns()];
        BlockDecoder.decode(ref.format(), rawBytes(ref), 0, values, 0, values.length);
        return values;
    }

    /** A table's rows as they are stored; they stay. */
    MemorySegment table(WeightRef ref) {
        tables.add(ref);
        return rawBytes(ref);
    }

    /** Layers that read the same rows, packed as one. */
    PackedLinear packed(List<Op.Linear> layers, SumOrder order) {
        return packed.computeIfAbsent(RunKey.of(Form.SIDE_BY_SIDE, layers, order), this::pack);
    }

    /** A gated MLP, packed as one: gate, up, and the layers that read their product. */
    PackedLinear packedGated(List<Op.Linear> layers) {
        return packed.computeIfAbsent(RunKey.of(Form.GATED, layers, SumOrder.FREE), this::pack);
    }

    private PackedLinear pack(RunKey run) {
        List<LinearWeight> weights = run.layers().stream()
                .map(layer -> new LinearWeight(
                        layer.weight().format(),
                        layer.weight().rows(),
                        layer.weight().columns(),
                        rawBytes(layer.weight()),
                        layer.bias().map(this::rawBytes)))
                .toList();
        return switch (run.form()) {
            case SIDE_BY_SIDE -> packer.pack(weights, run.order(), packedMemory);
            case GATED ->
                packer.packGated(weights.get(0), weights.get(1), weights.subList(2, weights.size()), packedMemory);
        };
    }

    /** Gives back the bytes of every weight that is packed and is no table. */
    void release() {
        for (RunKey run : packed.keySet()) {
            for (LinearKey layer : run.layers()) {
                if (!tables.contains(layer.weight()) && raw.containsKey(layer.weight())) {
                    raw.remove(layer.weight()).arena().close();
                }
            }
        }
    }

    private MemorySegment rawBytes(WeightRef ref) {
        Raw bytes = raw.get(ref);
        if (bytes == null) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "weight '%s' is not loaded, or only in the packed form that an earlier program needed; load the weights again"
                            .formatted(ref.name()));
        }
        return bytes.bytes();
    }

    @Override
    public void close() {
        raw.values().forEach(bytes -> bytes.arena().close());
        raw.clear();
        packed.clear();
        if (packedMemory.scope().isAlive()) {
            packedMemory.close();
        }
    }
}
