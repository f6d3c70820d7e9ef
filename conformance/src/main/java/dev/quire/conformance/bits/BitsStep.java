package dev.quire.conformance.bits;

import dev.quire.api.BackendException;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.conformance.interpreter.KeyRows;
import dev.quire.conformance.interpreter.StepEdges;
import java.util.HashMap;
import java.util.Map;

/** One step: the values written so far, and what each op does to them. */
final class BitsStep {
    private final StepEdges edges;
    private final BitsWeights weights;
    private final Canon canon;
    private final Map<Op, BitsLinear> linears;
    private final Map<Op, BitsRope> ropes;
    private final Map<Value, Matrix> values = new HashMap<>();

    /** @param linears and {@code ropes} prepared for the program's ops */
    BitsStep(StepEdges edges, BitsWeights weights, Canon canon, Map<Op, BitsLinear> linears, Map<Op, BitsRope> ropes) {
        this.edges = edges;
        this.weights = weights;
        this.canon = canon;
        this.linears = linears;
        this.ropes = ropes;
    }

    void run(Program program) {
        program.inputs().forEach(this::input);
        program.ops().forEach(this::op);
        for (Value value : program.outputs()) {
            Matrix matrix = in(value);
            edges.write(value, matrix.rows(), i -> matrix.data()[i]);
        }
    }

    private void input(Value value) {
        Matrix matrix = new Matrix(edges.rows(value), value.width());
        edges.read(value, (i, element) -> matrix.data()[i] = (float) element);
        values.put(value, matrix);
    }

    private void op(Op op) {
        BitsNorms norms = new BitsNorms(weights, canon);
        BitsExperts experts = new BitsExperts(weights, canon);
        switch (op) {
            case Op.Embed o -> put(o.out(), embed(o));
            case Op.RmsNorm o -> put(o.out(), norms.rms(o, in(o.x())));
            case Op.LayerNorm o -> put(o.out(), norms.layer(o, in(o.x())));
            case Op.Linear o -> put(o.out(), linears.get(o).run(in(o.x())));
            case Op.Rope o -> put(o.out(), ropes.get(o).run(in(o.x()), in(o.positions())));
            case Op.WriteKv o ->
                cache().write(
                                o.target(),
                                in(o.k()),
                                in(o.v()),
                                edges.batch().groups().get(o.target().group()).slots(),
                                canon);
            case Op.Attend o -> put(o.out(), attention(o).run());
            case Op.Gated o ->
                combine(o.gate(), o.up(), o.out(), (gate, up) -> canon.activate(o.activation(), gate) * up);
            case Op.Activate o -> map(o.x(), o.out(), x -> canon.activate(o.activation(), x));
            case Op.Add o -> combine(o.a(), o.b(), o.out(), Float::sum);
            case Op.Scale o -> {
                float factor = (float) o.factor();
                map(o.x(), o.out(), x -> x * factor);
            }
            case Op.SoftCap o -> map(o.x(), o.out(), x -> canon.softCap(x, o.cap()));
            case ExpertOp.Route o -> {
                BitsExperts.Routed routed = experts.route(o, in(o.scores()));
                put(o.experts(), routed.experts());
                put(o.gates(), routed.gates());
            }
            case ExpertOp.ExpertLinear o -> put(o.out(), experts.linear(o, in(o.x()), in(o.experts())));
            case ExpertOp.WeightedSum o -> put(o.out(), experts.sum(o, in(o.x()), in(o.gates())));
            case Op.Slice o -> put(o.out(), slice(o));
            case Op.GatherRows o -> put(o.out(), gatherRows(o));
            case Op.Sample o -> new BitsSampling(o, canon).run(edges.batch(), in(o.logits()), values::put);
            case Op.Composite o -> throw new IllegalStateException("composite '%s' was refused".formatted(o.name()));
        }
    }

    private Matrix embed(Op.Embed o) {
        Matrix ids = in(o.ids());
        Matrix out = new Matrix(ids.rows(), o.out().width());
        for (int t = 0; t < out.rows(); t++) {
            int entry = (int) ids.at(t, 0) + o.offset();
            if (entry < 0 || entry >= o.table().rows()) {
                throw new BackendException(
                        BackendException.Kind.STEP_FAILED,
                        "table '%s' has rows 0 to %d; row %d was looked up"
                                .formatted(o.table().name(), o.table().rows() - 1, entry));
            }
            weights.row(o.table(), entry, out.data(), t * out.width());
        }
        return out;
    }

    private BitsAttention attention(Op.Attend o) {
        return switch (o.keys()) {
            case KeySource.Cached(CacheRef ref) -> {
                BitsCache cache = cache();
                KeyRows rows = KeyRows.cached(edges.batch().groups().get(ref.group()), cache.blockSize(ref));
                yield new BitsAttention(edges.batch(), o, canon, in(o.q()), rows, cache.keys(ref), cache.values(ref));
            }
            case KeySource.Step(Value k, Value v) ->
                new BitsAttention(
                        edges.batch(),
                        o,
                        canon,
                        in(o.q()),
                        KeyRows.ofStep(edges.batch()),
                        canon.narrowed(in(k).data()),
                        canon.narrowed(in(v).data()));
        };
    }

    private Matrix slice(Op.Slice o) {
        Matrix x = in(o.x());
        Matrix out = new Matrix(x.rows(), o.out().width());
        for (int t = 0; t < x.rows(); t++) {
            System.arraycopy(x.data(), t * x.width() + o.from(), out.data(), t * out.width(), out.width());
        }
        return out;
    }

    private Matrix gatherRows(Op.GatherRows o) {
        Matrix x = in(o.x());
        int[] wanted = edges.batch().logitRows();
        Matrix out = new Matrix(wanted.length, x.width());
        for (int r = 0; r < out.rows(); r++) {
            System.arraycopy(x.data(), wanted[r] * x.width(), out.data(), r * x.width(), x.width());
        }
        return out;
    }

    /** What an elementwise op does. */
    private interface Function {
        float of(float x);
    }

    /** What an elementwise op does to two values. */
    private interface Combination {
        float of(float a, float b);
    }

    private void map(Value x, Value out, Function f) {
        Matrix from = in(x);
        Matrix to = new Matrix(from.rows(), from.width());
        for (int i = 0; i < to.data().length; i++) {
            to.data()[i] = f.of(from.data()[i]);
        }
        put(out, to);
    }

    private void combine(Value a, Value b, Value out, Combination f) {
        Matrix left = in(a);
        Matrix right = in(b);
        Matrix to = new Matrix(left.rows(), left.width());
        for (int i = 0; i < to.data().length; i++) {
            to.data()[i] = f.of(left.data()[i], right.data()[i]);
        }
        put(out, to);
    }

    private BitsCache cache() {
        return (BitsCache) edges.io().cache().orElseThrow();
    }

    private Matrix in(Value value) {
        return values.get(value);
    }

    private void put(Value value, Matrix matrix) {
        values.put(value, matrix);
    }
}
