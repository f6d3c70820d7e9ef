package dev.quire.conformance.oracle;

import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepResult;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.interpreter.StepEdges;
import dev.quire.conformance.oracle.OracleBackend.OracleWeights;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Interprets a program op by op. */
public final class OracleExecutable implements Executable {
    private final Program program;
    private final OracleWeights weights;
    private final StepLimits limits;
    private final Optional<Bound> judging;

    /** @param judging says how far results may lie from outputs; without, only values are computed */
    OracleExecutable(Program program, OracleWeights weights, StepLimits limits, Optional<Bound> judging) {
        this.program = program.expand(composite -> true);
        this.weights = weights;
        this.limits = limits;
        this.judging = judging;
    }

    @Override
    public Ticket submit(StepBatch batch, Bindings io) {
        return submit(batch, io, Selection.ALL);
    }

    /** Runs a step whose Linear and Attend outputs are wanted in part only. */
    public OracleTicket submit(StepBatch batch, Bindings io, Selection wanted) {
        long start = System.nanoTime();
        StepEdges edges = new StepEdges(batch, io);
        limits.check(batch);
        Run run = new Run(edges, wanted);
        program.inputs().forEach(run::input);
        program.ops().forEach(run::op);
        program.outputs().forEach(run::output);
        return new OracleTicket(new StepResult(System.nanoTime() - start), io, run.values, run.allowed);
    }

    @Override
    public long workspaceBytes() {
        return 0;
    }

    @Override
    public void close() {}

    /** One step: the values written so far. */
    private final class Run {
        private final StepEdges edges;
        private final StepBatch batch;
        private final Bindings io;
        private final Selection wanted;
        private final Bound bound = judging.orElse(new Bound(Numerics.FAST));
        private final Map<Value, Matrix> values = new HashMap<>();
        private final Map<Value, Matrix> allowed = new HashMap<>();

        Run(StepEdges edges, Selection wanted) {
            this.edges = edges;
            this.batch = edges.batch();
            this.io = edges.io();
            this.wanted = wanted;
        }

        /** The bound, if {@code out} is judged. */
        private Optional<Bound> judged(Value out) {
            return program.outputs().contains(out) ? judging : Optional.empty();
        }

        /** What part of {@code out} is wanted: all of it, unless it leaves the program. */
        private Selection wanted(Value out) {
            return program.outputs().contains(out) ? wanted : Selection.ALL;
        }

        void input(Value value) {
            Matrix matrix = new Matrix(edges.rows(value), value.width());
            edges.read(value, (i, element) -> matrix.data()[i] = element);
            values.put(value, matrix);
        }

        void output(Value value) {
            Matrix matrix = values.get(value);
            edges.write(value, matrix.rows(), i -> matrix.data()[i]);
        }

        void op(Op op) {
            switch (op) {
                case Op.Embed o -> embed(o);
                case Op.RmsNorm o ->
                    put(
                            o.out(),
                            Norms.rms(
                                    in(o.x()),
                                    o.weight().map(this::weight),
                                    o.weightOffset(),
                                    o.eps(),
                                    o.group(),
                                    bound));
                case Op.LayerNorm o ->
                    put(
                            o.out(),
                            Norms.layer(
                                    in(o.x()),
                                    o.weight().map(this::weight),
                                    o.bias().map(this::weight),
                                    o.eps(),
                                    o.group(),
                                    bound));
                case Op.Linear o -> linear(o);
                case Op.Rope o -> put(o.out(), Pointwise.rope(o, in(o.x()), in(o.positions()), bound));
                case Op.WriteKv o -> writeKv(o);
                case Op.Attend o ->
                    put(
                            o.out(),
                            new OracleAttention(batch, io.cache(), o, values).run(wanted(o.out()), judged(o.out())));
                case Op.Gated o -> put(o.out(), Pointwise.gated(o, in(o.gate()), in(o.up()), bound));
                case Op.Activate o -> put(o.out(), Pointwise.activate(o, in(o.x()), bound));
                case Op.Add o -> put(o.out(), Pointwise.add(in(o.a()), in(o.b()), bound));
                case Op.Scale o -> put(o.out(), Pointwise.scale(o, in(o.x()), bound));
                case Op.SoftCap o -> put(o.out(), Pointwise.softCap(o, in(o.x()), bound));
                case ExpertOp.Route o -> route(o);
                case ExpertOp.ExpertLinear o ->
                    put(o.out(), OracleExperts.linear(o, in(o.x()), in(o.experts()), this::weight, judged(o.out())));
                case ExpertOp.WeightedSum o -> put(o.out(), OracleExperts.sum(o, in(o.x()), in(o.gates()), bound));
                case Op.Slice o -> slice(o);
                case Op.GatherRows o -> gatherRows(o);
                case Op.Sample o -> sample(o);
                case Op.Composite o ->
                    throw new IllegalStateException("composite '%s' was not expanded".formatted(o.name()));
            }
        }

        private void embed(Op.Embed o) {
            float[] table = weight(o.table());
            Matrix ids = in(o.ids());
            int width = o.out().width();
            Result out = Result.blank(ids.rows(), width);
            for (int t = 0; t < ids.rows(); t++) {
                int entry = ((int) ids.at(t, 0) + o.offset()) * width;
                double most = 0;
                for (int i = 0; i < width; i++) {
                    most = Math.max(most, Math.abs(table[entry + i]));
                }
                double rounded = o.table().format().isQuantized() ? bound.once(4 * most) : 0;
                for (int i = 0; i < width; i++) {
                    out.set(t, i, table[entry + i], rounded);
                }
            }
            put(o.out(), out);
        }

        private void linear(Op.Linear o) {
            Optional<float[]> bias = o.bias().map(this::weight);
            OracleLinear linear = new OracleLinear(o, in(o.x()), weight(o.weight()), bias, judged(o.out()));
            put(o.out(), linear.run(o.out().width(), wanted(o.out())));
        }

        private void route(ExpertOp.Route o) {
            OracleExperts.Routed routed = OracleExperts.route(o, in(o.scores()), bound);
            put(o.experts(), routed.experts());
            put(o.gates(), routed.gates());
        }

        private void sample(Op.Sample o) {
            OracleSampling.run(o, batch, in(o.logits()), (value, matrix) -> values.put(value, matrix));
            allowed.putAll(SampleBounds.of(o, batch, in(o.logits()), bound));
        }

        private void writeKv(Op.WriteKv o) {
            OracleCache cache = (OracleCache) io.cache().orElseThrow();
            CacheRef target = o.target();
            int[] slots = batch.groups().get(target.group()).slots();
            cache.write(target, in(o.k()), in(o.v()), slots);
        }

        private void slice(Op.Slice o) {
            Matrix x = in(o.x());
            Matrix out = new Matrix(x.rows(), o.out().width());
            for (int t = 0; t < x.rows(); t++) {
                System.arraycopy(x.data(), t * x.width() + o.from(), out.data(), t * out.width(), out.width());
            }
            put(o.out(), Result.copied(out));
        }

        private void gatherRows(Op.GatherRows o) {
            Matrix x = in(o.x());
            Matrix out = new Matrix(batch.logitRowCount(), x.width());
            for (int r = 0; r < out.rows(); r++) {
                System.arraycopy(x.data(), batch.logitRows()[r] * x.width(), out.data(), r * x.width(), x.width());
            }
            put(o.out(), Result.copied(out));
        }

        private Matrix in(Value value) {
            return values.get(value);
        }

        private void put(Value value, Result result) {
            values.put(value, result.values());
            if (judged(value).isPresent()) {
                allowed.put(value, result.allowed());
            }
        }

        private float[] weight(WeightRef ref) {
            return weights.of(ref);
        }
    }
}
