package dev.quire.conformance.oracle;

import dev.quire.api.BackendInfo;
import dev.quire.api.DeviceInfo;
import dev.quire.api.StepLimits;
import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.format.BlockDecoder;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.conformance.interpreter.HeapBackend;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs every op in float64, at once and on the calling thread. */
public final class OracleBackend extends HeapBackend {
    private final Optional<Bound> judging;

    /** An oracle that computes values alone. */
    public OracleBackend() {
        this.judging = Optional.empty();
    }

    /**
     * An oracle whose tickets also say how far results may lie from the outputs of a step.
     *
     * @param numerics the mode of those results
     */
    public OracleBackend(Numerics numerics) {
        this.judging = Optional.of(new Bound(numerics));
    }

    @Override
    public BackendInfo info() {
        return new BackendInfo(
                "oracle",
                new DeviceInfo(0, "float64", Runtime.getRuntime().maxMemory()),
                Set.of(DType.F32, DType.F16, DType.BF16, DType.F8_E4M3),
                Set.of(Numerics.FAST),
                true,
                "float64 interpreter");
    }

    @Override
    public Support supports(Op op, Numerics numerics) {
        if (numerics == Numerics.REPRODUCIBLE) {
            return Support.no("the oracle is exact; it does not round in the canonical order");
        }
        return op instanceof Op.Composite ? Support.no("the oracle runs a composite's definition") : Support.YES;
    }

    @Override
    public Weights load(List<WeightRef> refs, WeightSource source) {
        Map<WeightRef, float[]> values = new HashMap<>();
        for (WeightRef ref : refs) {
            float[] decoded = new float[Math.multiplyExact(ref.rows(), ref.columns())];
            MemorySegment stored = source.read(ref);
            long rowBytes = ref.format().bytes(ref.columns());
            for (int row = 0; row < ref.rows(); row++) {
                BlockDecoder.decode(ref.format(), stored, row * rowBytes, decoded, row * ref.columns(), ref.columns());
            }
            values.put(ref, decoded);
        }
        return new OracleWeights(refs, values);
    }

    @Override
    public OracleExecutable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
        return new OracleExecutable(program, (OracleWeights) weights, limits, judging);
    }

    @Override
    public KvCache allocate(KvCacheLayout layout) {
        return new OracleCache(layout);
    }

    /** Weights as the decoders of their formats give them. */
    record OracleWeights(List<WeightRef> refs, Map<WeightRef, float[]> values) implements Weights {
        float[] of(WeightRef ref) {
            return values.get(ref);
        }

        @Override
        public long bytes() {
            return refs.stream().mapToLong(WeightRef::bytes).sum();
        }

        @Override
        public void close() {
            values.clear();
        }
    }
}
