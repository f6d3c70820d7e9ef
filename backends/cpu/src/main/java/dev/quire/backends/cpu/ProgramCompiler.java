package dev.quire.backends.cpu;

import dev.quire.api.StepLimits;
import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.types.Numerics;
import dev.quire.backends.cpu.RowRun.OfStep;
import dev.quire.backends.cpu.StepFrame.RowKernel;
import dev.quire.backends.cpu.attention.PagedKvPool;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.elementwise.Activate;
import dev.quire.backends.cpu.elementwise.LayerNorm;
import dev.quire.backends.cpu.elementwise.Matrix;
import dev.quire.backends.cpu.elementwise.Pointwise;
import dev.quire.backends.cpu.elementwise.RmsNorm;
import dev.quire.backends.cpu.elementwise.Rope;
import dev.quire.backends.cpu.linear.LinearPacker;
import dev.quire.backends.cpu.linear.PackedLinear;
import dev.quire.backends.cpu.linear.SumOrder;
import dev.quire.backends.cpu.sampling.CpuSampler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns a program into stages: {@link OpRuns} says which ops become one, and a {@link RowRun} takes what works row by row before layers. */
final class ProgramCompiler {
    /** A rotation and the sizes that its tables serve. */
    private record RopeTables(Rotary rotary, int headSize) {}

    /** Floats that could be written in the time in which one of a key, and one of a value, go to their place: a line of memory for each pair. */
    private static final long WRITE_COST = 6;

    private final CpuWeights weights;
    private final StepLimits limits;
    private final Numerics numerics;
    private final Optional<CompiledKernels> fast;
    private final AttentionStages attention;
    private final ExpertStages experts;
    private final Workspace workspace;
    private final List<Stage> stages = new ArrayList<>();
    private final Map<RopeTables, Rope> ropes = new HashMap<>();

    ProgramCompiler(
            Program program,
            CpuWeights weights,
            StepLimits limits,
            Numerics numerics,
            int threads,
            Optional<CompiledKernels> kernels,
            Arena arena) {
        this.weights = weights;
        this.limits = limits;
        this.numerics = numerics;
        this.fast = kernels.filter(k -> numerics == Numerics.FAST);
        this.attention = new AttentionStages(limits, numerics, threads, arena, kernels);
        this.experts = new ExpertStages(weights, limits, numerics, arena);
        List<List<Op>> runs = OpRuns.of(program, format -> LinearPacker.gates(format, fast));
        this.workspace = new Workspace(program, runs, limits, arena);
        stages.add(attention.preparation());
        runs.forEach(this::compile);
    }

    List<Stage> stages() {
        return stages;
    }

    /** Memory that experts' layers take beside the workspace. */
    long expertBytes() {
        return experts.bytes();
    }

    Workspace workspace() {
        return workspace;
    }

    private void compile(List<Op> run) {
        switch (run.getFirst()) {
            case Op.Embed o -> embed(o);
            case Op.RmsNorm o -> rmsNorm(o);
            case Op.LayerNorm o -> layerNorm(o);
            case Op.Linear o -> linear(run);
            case Op.Rope o -> rope(o);
            case Op.WriteKv o -> writeKv(o);
            case Op.Attend o -> stages.add(attention.stage(o));
            case Op.Gated o -> gated(o);
            case Op.Activate o ->
                rows(o.out(), f -> {
                    Matrix x = f.matrix(o.x());
                    Matrix out = f.matrix(o.out());
                    return (from, to) ->
                            Activate.rows(o.activation(), x, out, o.out().width(), from, to);
                });
            case Op.Add o ->
                rows(o.out(), f -> {
                    Matrix a = f.matrix(o.a());
                    Matrix b = f.matrix(o.b());
                    Matrix out = f.matrix(o.out());
                    return (from, to) -> Pointwise.add(a, b, out, o.out().width(), from, to);
                });
            case Op.Scale o ->
                rows(o.out(), f -> {
                    Matrix x = f.matrix(o.x());
                    Matrix out = f.matrix(o.out());
                    float factor = (float) o.factor();
                    return (from, to) -> Pointwise.scale(x, factor, out, o.out().width(), from, to);
                });
            case Op.SoftCap o ->
                rows(o.out(), f -> {
                    Matrix x = f.matrix(o.x());
                    Matrix out = f.matrix(o.out());
                    return (from, to) ->
                            Pointwise.softCap(x, o.cap(), out, o.out().width(), from, to);
                });
            case ExpertOp.Route o -> stages.add(experts.route(o));
            case ExpertOp.ExpertLinear o -> stages.add(experts.linear(o));
            case ExpertOp.WeightedSum o -> stages.add(experts.sum(o));
            case Op.Slice o ->
                rows(o.out(), f -> {
                    Matrix x = f.matrix(o.x()).columns(o.from());
                    Matrix out = f.matrix(o.out());
                    return (from, to) -> Pointwise.copy(x, out, o.out().width(), from, to);
                });
            case Op.GatherRows o ->
                rows(o.out(), f -> {
                    Matrix x = f.matrix(o.x());
                    Matrix out = f.matrix(o.out());
                    int[] wanted = f.batch().logitRows();
                    return (from, to) ->
                            Pointwise.gather(x, wanted, out, o.out().width(), from, to);
                });
            case Op.Sample o -> {
                CpuSampler sampler = new CpuSampler(o);
                stages.add(f -> sampler.run(f.matrix(o.logits()), f.batch(), f::buffer, f.pool()));
            }
            case Op.Composite o -> throw new IllegalStateException("composite '%s' was refused".formatted(o.name()));
        }
    }

    /** Adds an op that works on each row by itself to the run of rows that stands last, or begins one. */
    private void rows(Value out, OfStep<RowKernel> kernel) {
        rows(out, out.width(), kernel);
    }

    private void rows(Value like, long cost, OfStep<RowKernel> kernel) {
        runOf(like).add(cost, kernel);
    }

    private RowRun runOf(Value like) {
        if (!stages.isEmpty() && stages.getLast() instanceof RowRun last && last.takes(like)) {
            return last;
        }
        RowRun run = new RowRun(like);
        stages.add(run);
        return run;
    }

    private void embed(Op.Embed o) {
        EmbeddingTable table = new EmbeddingTable(o.table(), weights.table(o.table()));
        rows(o.out(), f -> {
            int[] ids = f.integers(o.ids());
            Matrix out = f.matrix(o.out());
            return (from, to) -> table.rows(ids, o.offset(), out, from, to);
        });
    }

    private void gated(Op.Gated o) {
        Optional<CompiledKernels> compiled = fast.filter(k -> o.activation() == Activation.SILU);
        int width = o.out().width();
        rows(o.out(), f -> {
            Matrix gate = f.matrix(o.gate());
            Matrix up = f.matrix(o.up());
            Matrix out = f.matrix(o.out());
            return compiled.isPresent()
                    ? (from, to) -> compiled.get().gate(gate, up, out, width, from, to)
                    : (from, to) -> Activate.gated(o.activation(), gate, up, out, width, from, to);
        });
    }

    private void rmsNorm(Op.RmsNorm o) {
        RmsNorm norm =
                new RmsNorm(o.x().width(), o.group(), o.eps(), o.weight().map(weights::vector), o.weightOffset());
        rows(o.out(), f -> {
            Matrix x = f.matrix(o.x());
            Matrix out = f.matrix(o.out());
            return (from, to) -> norm.rows(x, out, from, to);
        });
    }

    private void layerNorm(Op.LayerNorm o) {
        LayerNorm norm = new LayerNorm(
                o.x().width(),
                o.group(),
                o.eps(),
                o.weight().map(weights::vector),
                o.bias().map(weights::vector));
        rows(o.out(), f -> {
            Matrix x = f.matrix(o.x());
            Matrix out = f.matrix(o.out());
            return (from, to) -> norm.rows(x, out, from, to);
        });
    }

    /** The order in which a layer's products are added up. */
    static SumOrder sumOrder(Op.Linear layer, Numerics numerics) {
        return switch (numerics) {
            case FAST -> SumOrder.FREE;
            case REPRODUCIBLE ->
                switch (layer.split()) {
                    case WHOLE -> SumOrder.CANONICAL;
                    case EIGHT_SLICES -> SumOrder.CANONICAL_EIGHT_SLICES;
                };
        };
    }

    private void linear(List<Op> run) {
        List<Op.Linear> layers = run.stream()
                .filter(Op.Linear.class::isInstance)
                .map(Op.Linear.class::cast)
                .toList();
        boolean gated = layers.size() < run.size();
        PackedLinear packed =
                gated ? weights.packedGated(layers) : weights.packed(layers, sumOrder(layers.getFirst(), numerics));
        List<Op.Linear> last = gated ? layers.subList(2, layers.size()) : layers;
        Value x = layers.getFirst().x();
        runOf(x).end(packed, f -> {
            List<MemorySegment> outs =
                    last.stream().map(layer -> f.matrix(layer.out()).memory()).toList();
            return packed.begin(f.matrix(x).memory(), f.rows(x), outs);
        });
    }

    private void rope(Op.Rope o) {
        int heads = o.x().width() / o.headSize();
        Rope tables = ropes.computeIfAbsent(
                new RopeTables(o.rotary(), o.headSize()),
                key -> new Rope(key.rotary(), heads, key.headSize(), limits.maxContext()));
        Rope rope = tables.withHeads(heads);
        rows(o.out(), f -> {
            int[] positions = f.integers(o.positions());
            Matrix x = f.matrix(o.x());
            Matrix out = f.matrix(o.out());
            return (from, to) -> rope.rows(x, positions, out, from, to);
        });
    }

    private void writeKv(Op.WriteKv o) {
        CacheRef target = o.target();
        rows(o.k(), WRITE_COST * o.k().width(), f -> {
            Matrix k = f.matrix(o.k());
            Matrix v = f.matrix(o.v());
            int[] slots = f.batch().groups().get(target.group()).slots();
            PagedKvPool pool = f.cache().pool(target);
            return fast.isPresent()
                    ? (from, to) -> pool.write(fast.get().attention(), k, v, slots, from, to)
                    : (from, to) -> pool.write(k, v, slots, from, to);
        });
    }
}
