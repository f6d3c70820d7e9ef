package dev.quire.backends.cpu;

import dev.quire.api.StepLimits;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.Numerics;
import dev.quire.backends.cpu.elementwise.Matrix;
import dev.quire.backends.cpu.elementwise.Routing;
import dev.quire.backends.cpu.linear.PackedLinear;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Mixtures of experts. The parts that go to one expert are gathered, multiplied as rows of one linear layer and put back, expert after expert;
 * all of a program's layers share the two buffers that this takes.
 */
final class ExpertStages {
    private final CpuWeights weights;
    private final StepLimits limits;
    private final Numerics numerics;
    private final Arena arena;
    private MemorySegment gathered = MemorySegment.NULL;
    private MemorySegment multiplied = MemorySegment.NULL;
    private long bytes;

    ExpertStages(CpuWeights weights, StepLimits limits, Numerics numerics, Arena arena) {
        this.weights = weights;
        this.limits = limits;
        this.numerics = numerics;
        this.arena = arena;
    }

    /** Memory that the stages take beside the workspace. */
    long bytes() {
        return bytes;
    }

    Stage route(ExpertOp.Route o) {
        boolean overAll = o.over() == ExpertOp.Route.Over.ALL;
        int experts = o.scores().width();
        Routing routing = new Routing(experts, o.experts().width(), overAll, arena);
        bytes += Routing.scratchBytes(experts);
        return f ->
                routing.rows(f.matrix(o.scores()), f.matrix(o.experts()), f.matrix(o.gates()), 0, f.rows(o.scores()));
    }

    Stage linear(ExpertOp.ExpertLinear o) {
        WeightRef shape = o.weights().getFirst();
        List<PackedLinear> experts = new ArrayList<>();
        for (WeightRef weight : o.weights()) {
            Op.Linear one = new Op.Linear(
                    Value.tokens("x", shape.columns()),
                    weight,
                    Optional.empty(),
                    o.split(),
                    Value.tokens("out", shape.rows()));
            experts.add(weights.packed(List.of(one), ProgramCompiler.sumOrder(one, numerics)));
        }
        int chosen = o.experts().width();
        int mostRows = rows(o.x().rows());
        ExpertParts parts = new ExpertParts(experts.size(), chosen, mostRows);
        long most = (long) mostRows * chosen * Float.BYTES;
        gathered = grown(gathered, most * shape.columns());
        multiplied = grown(multiplied, most * shape.rows());
        return f -> run(o, experts, parts, f);
    }

    private int rows(Rows rows) {
        return switch (rows) {
            case TOKENS, EXTERNAL -> limits.maxTokens();
            case LOGITS -> limits.maxLogitRows();
            case SEQUENCES -> limits.maxSequences();
        };
    }

    private MemorySegment grown(MemorySegment buffer, long needed) {
        if (buffer.byteSize() >= needed) {
            return buffer;
        }
        bytes += needed;
        return arena.allocate(needed, 64);
    }

    private void run(ExpertOp.ExpertLinear o, List<PackedLinear> experts, ExpertParts parts, StepFrame f) {
        parts.sort(f.matrix(o.experts()), f.rows(o.x()));
        for (int expert = 0; expert < experts.size(); expert++) {
            if (parts.to(expert) > parts.from(expert)) {
                multiply(o, experts.get(expert), parts, parts.from(expert), parts.to(expert), f);
            }
        }
    }

    private void multiply(
            ExpertOp.ExpertLinear o, PackedLinear expert, ExpertParts parts, int from, int to, StepFrame f) {
        long in = (long) o.weights().getFirst().columns() * Float.BYTES;
        long out = (long) o.weights().getFirst().rows() * Float.BYTES;
        Matrix x = f.matrix(o.x());
        Matrix y = f.matrix(o.out());
        for (int i = from; i < to; i++) {
            long at = x.at(parts.row(i)) + (o.shared() ? 0 : parts.place(i) * in);
            MemorySegment.copy(x.memory(), at, gathered, (i - from) * in, in);
        }
        expert.run(gathered, to - from, List.of(multiplied));
        for (int i = from; i < to; i++) {
            MemorySegment.copy(
                    multiplied, (i - from) * out, y.memory(), y.at(parts.row(i)) + parts.place(i) * out, out);
        }
    }

    Stage sum(ExpertOp.WeightedSum o) {
        return f -> {
            Matrix x = f.matrix(o.x());
            Matrix gates = f.matrix(o.gates());
            Matrix out = f.matrix(o.out());
            int chosen = o.gates().width();
            f.overRows(o.out(), (from, to) -> sum(x, gates, chosen, out, o.out().width(), from, to));
        };
    }

    /** Every product and every sum rounds (RULES N23). */
    private static void sum(Matrix x, Matrix gates, int chosen, Matrix out, int width, int from, int to) {
        for (int row = from; row < to; row++) {
            for (int i = 0; i < width; i++) {
                float sum = 0f;
                for (int j = 0; j < chosen; j++) {
                    float term = gates.get(row, j) * x.get(row, j * width + i);
                    sum = sum + term;
                }
                out.set(row, i, sum);
            }
        }
    }
}
