package dev.quire.backends.cpu;

import dev.quire.api.StepLimits;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.GroupStep;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.backends.cpu.attention.AttentionPlan;
import dev.quire.backends.cpu.attention.AttentionShape;
import dev.quire.backends.cpu.attention.PagedAttention;
import dev.quire.backends.cpu.attention.PagedKvPool;
import dev.quire.backends.cpu.attention.StepKeys;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The attention ops of a program. Layers of one shape and group share one plan per step, and one kernel with its scratch. */
final class AttentionStages {
    /** Layers that see the same keys in the same way. */
    private record Kind(Op.Attend.HeadShape heads, Object mask, Object softCap, List<Float> alibi, int group) {}

    /** What the layers of a kind share. */
    private static final class Shared {
        final AttentionShape shape;
        final AttentionPlan plan;
        final Map<DType, PagedAttention> kernels = new EnumMap<>(DType.class);

        Shared(AttentionShape shape, int threads) {
            this.shape = shape;
            this.plan = new AttentionPlan(shape, threads);
        }
    }

    private final StepLimits limits;
    private final Numerics numerics;
    private final int threads;
    private final Arena arena;
    private final Optional<CompiledKernels> compiled;
    private final Map<Kind, Shared> kinds = new HashMap<>();
    private final List<Stage> preparations = new ArrayList<>();

    /** @param kernels those in C, which FAST numerics may use */
    AttentionStages(StepLimits limits, Numerics numerics, int threads, Arena arena, Optional<CompiledKernels> kernels) {
        this.limits = limits;
        this.numerics = numerics;
        this.threads = threads;
        this.arena = arena;
        this.compiled = kernels.filter(k -> numerics == Numerics.FAST);
    }

    /** Runs once at the start of each step: cuts the work of every kind. */
    Stage preparation() {
        return f -> preparations.forEach(stage -> stage.run(f));
    }

    Stage stage(Op.Attend op) {
        return switch (op.keys()) {
            case KeySource.Cached(CacheRef ref) -> cached(op, ref);
            case KeySource.Step(Value k, Value v) -> ofStep(op, k, v);
        };
    }

    private Stage cached(Op.Attend op, CacheRef ref) {
        Kind kind = new Kind(op.shape(), op.mask(), op.softCap(), op.alibi(), ref.group());
        Shared shared = kinds.computeIfAbsent(kind, k -> {
            Shared made = new Shared(AttentionShape.of(op), threads);
            preparations.add(f -> {
                int[] contexts = f.batch().groups().get(ref.group()).contextLengths();
                made.plan.prepare(f.batch().queryStarts(), f.batch().positions(), contexts);
            });
            return made;
        });
        return f -> {
            PagedKv layout = (PagedKv) f.cache().layout().groups().get(ref.group());
            PagedAttention kernel = shared.kernels.computeIfAbsent(
                    layout.dtype(), type -> new PagedAttention(shared.shape, type, threads, compiled));
            GroupStep step = f.batch().groups().get(ref.group());
            Matrix q = f.matrix(op.q());
            Matrix out = f.matrix(op.out());
            attend(f, kernel, shared.plan, f.cache().pool(ref), q, step.blockTables(), step.tableStride(), out);
        };
    }

    private Stage ofStep(Op.Attend op, Value k, Value v) {
        AttentionShape shape = AttentionShape.of(op);
        AttentionPlan plan = new AttentionPlan(shape, threads);
        DType held = numerics == Numerics.REPRODUCIBLE ? DType.BF16 : DType.F32;
        PagedAttention kernel = new PagedAttention(shape, held, threads);
        StepKeys keys = new StepKeys(arena, shape, held, limits.maxTokens(), limits.maxSequences());
        return f -> {
            keys.prepare(f.batch().queryStarts(), f.batch().positions(), plan);
            Matrix key = f.matrix(k);
            Matrix value = f.matrix(v);
            Matrix q = f.matrix(op.q());
            Matrix out = f.matrix(op.out());
            f.overRows(k, (from, to) -> keys.pool().write(key, value, keys.slots(), from, to));
            attend(f, kernel, plan, keys.pool(), q, keys.blockTables(), keys.tableStride(), out);
        };
    }

    private void attend(
            StepFrame f,
            PagedAttention kernel,
            AttentionPlan plan,
            PagedKvPool keys,
            Matrix q,
            int[] blockTables,
            int tableStride,
            Matrix out) {
        f.pool().parallel(threads, (part, worker) -> kernel.run(part, plan, keys, q, blockTables, tableStride, out));
        if (plan.divides()) {
            f.pool().parallel(threads, (part, worker) -> kernel.finish(part, plan, out));
        }
    }
}
