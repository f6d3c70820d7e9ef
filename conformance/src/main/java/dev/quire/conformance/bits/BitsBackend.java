package dev.quire.conformance.bits;

import dev.quire.api.BackendException;
import dev.quire.api.BackendInfo;
import dev.quire.api.DeviceInfo;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.interpreter.HeapBackend;
import java.util.List;
import java.util.Set;

/** Runs every op in the canonical order, at once and on the calling thread: the bits that REPRODUCIBLE backends are held to. */
public final class BitsBackend extends HeapBackend {
    private final Canon canon;

    /** Canon 1. */
    public BitsBackend() {
        this(new Canon());
    }

    /** @param canon the arithmetic; another than {@link Canon} itself makes a backend that is wrong on purpose */
    public BitsBackend(Canon canon) {
        this.canon = canon;
    }

    @Override
    public BackendInfo info() {
        return new BackendInfo(
                "bits",
                new DeviceInfo(0, "scalar float32", Runtime.getRuntime().maxMemory()),
                Set.of(DType.BF16),
                Set.of(Numerics.REPRODUCIBLE),
                true,
                Canon.VERSION + " interpreter");
    }

    @Override
    public Support supports(Op op, Numerics numerics) {
        if (numerics != Numerics.REPRODUCIBLE) {
            return Support.no("the bits interpreter defines REPRODUCIBLE numerics only");
        }
        return switch (op) {
            case Op.Composite composite -> Support.no("the bits interpreter runs a composite's definition");
            case Op.Linear linear
            when linear.weight().format() == WeightFormat.F32 ->
                Support.no(
                        "products of float32 weights such as '%s' are not exact, so their sum has no bits of its own (N4); load it as bfloat16"
                                .formatted(linear.weight().name()));
            case ExpertOp.ExpertLinear linear
            when linear.weights().getFirst().format() == WeightFormat.F32 ->
                Support.no(
                        "products of float32 weights such as '%s' are not exact, so their sum has no bits of its own (N4); load them as bfloat16"
                                .formatted(linear.weights().getFirst().name()));
            default -> Support.YES;
        };
    }

    @Override
    public Weights load(List<WeightRef> refs, WeightSource source) {
        return new BitsWeights(refs, source, canon);
    }

    @Override
    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
        for (Op op : program.ops()) {
            if (supports(op, numerics) instanceof Support.No(String reason)) {
                throw new BackendException(BackendException.Kind.UNSUPPORTED, "%s: %s".formatted(op.kind(), reason));
            }
        }
        return new BitsExecutable(program, (BitsWeights) weights, limits, canon);
    }

    @Override
    public KvCache allocate(KvCacheLayout layout) {
        for (CacheGroup group : layout.groups()) {
            if (group instanceof CacheGroup.PagedKv kv && kv.dtype() != DType.BF16) {
                throw new BackendException(
                        BackendException.Kind.UNSUPPORTED,
                        "cache group '%s' is %s; in REPRODUCIBLE numerics it must be BF16"
                                .formatted(kv.name(), kv.dtype()));
            }
        }
        return new BitsCache(layout);
    }
}
