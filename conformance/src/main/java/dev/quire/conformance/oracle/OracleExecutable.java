package dev.quire.conformance.oracle;

import dev.quire.api.Executable;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepResult;
import dev.quire.api.step.Ticket;
import dev.quire.conformance.interpreter.StepEdges;
import dev.quire.conformance.oracle.OracleBackend.OracleWeights;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/** Interprets a program op by op. */
final class OracleExecutable implements Executable {
    private final Program program;
    private final OracleWeights weights;

    OracleExecutable(Program program, OracleWeights weights) {
        this.program = program.expand(composite -> true);
        this.weights = weights;
    }

    @Override
    public Ticket submit(StepBatch batch, Bindings io) {
        long start = System.nanoTime();
        Run run = new Run(new StepEdges(batch, io));
        program.inputs().forEach(run::input);
        program.ops().forEach(run::op);
        program.outputs().forEach(run::output);
        return new OracleTicket(new StepResult(System.nanoTime() - start), io, run.values);
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
        private final Map<Value, Matrix> values = new HashMap<>();

        Run(StepEdges edges) {
            this.edges = edges;
            this.batch = edges.batch();
            this.io = edges.io();
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
                            Norms.rms(in(o.x()), o.weight().map(this::weight), o.weightOffset(), o.eps(), o.group()));
                case Op.LayerNorm o ->
                    put(
                            o.out(),
                            Norms.layer(
                                    in(o.x()),
                                    o.weight().map(this::weight),
                                    o.bias().map(this::weight),
                                    o.eps(),
                                    o.group()));
                case Op.Linear o -> linear(o);
                case Op.Rope o -> rope(o);
                case Op.WriteKv o -> writeKv(o);
                case Op.Attend o -> put(o.out(), new OracleAttention(batch, io.cache(), o, values).run());
                case Op.Gated o -> gated(o);
                case Op.Activate o -> map(o.x(), o.out(), x -> Activations.apply(o.activation(), x));
                case Op.Add o -> add(o);
                case Op.Scale o -> map(o.x(), o.out(), x -> x * o.factor());
                case Op.SoftCap o -> map(o.x(), o.out(), x -> o.cap() * StrictMath.tanh(x / o.cap()));
                case Op.Slice o -> slice(o);
                case Op.GatherRows o -> gatherRows(o);
                case Op.Sample o -> OracleSampling.run(o, batch, in(o.logits()), this::put);
                case Op.Composite o ->
                    throw new IllegalStateException("composite '%s' was not expanded".formatted(o.name()));
            }
        }

        private void embed(Op.Embed o) {
            float[] table = weight(o.table());
            Matrix ids = in(o.ids());
            Matrix out = new Matrix(ids.rows(), o.out().width());
            for (int t = 0; t < out.rows(); t++) {
                int entry = (int) ids.at(t, 0) + o.offset();
                for (int i = 0; i < out.width(); i++) {
                    out.set(t, i, table[entry * out.width() + i]);
                }
            }
            put(o.out(), out);
        }

        private void linear(Op.Linear o) {
            float[] w = weight(o.weight());
            Optional<float[]> bias = o.bias().map(this::weight);
            Matrix x = in(o.x());
            Matrix out = new Matrix(x.rows(), o.out().width());
            for (int t = 0; t < x.rows(); t++) {
                for (int n = 0; n < out.width(); n++) {
                    double sum = bias.isPresent() ? bias.get()[n] : 0;
                    for (int k = 0; k < x.width(); k++) {
                        sum += x.at(t, k) * w[n * x.width() + k];
                    }
                    out.set(t, n, sum);
                }
            }
            put(o.out(), out);
        }

        private void rope(Op.Rope o) {
            Matrix x = in(o.x());
            Matrix positions = in(o.positions());
            Matrix out = new Matrix(x.rows(), x.width(), x.data().clone());
            Rotary rotary = o.rotary();
            int pairs = rotary.inverseFrequencies().size();
            boolean half = rotary.pairing() == Rotary.Pairing.HALF;
            for (int t = 0; t < x.rows(); t++) {
                for (int head = 0; head < x.width(); head += o.headSize()) {
                    for (int i = 0; i < pairs; i++) {
                        double angle =
                                positions.at(t, 0) * rotary.inverseFrequencies().get(i);
                        double cos = StrictMath.cos(angle) * rotary.magnitude();
                        double sin = StrictMath.sin(angle) * rotary.magnitude();
                        int first = head + (half ? i : 2 * i);
                        int second = head + (half ? i + pairs : 2 * i + 1);
                        out.set(t, first, x.at(t, first) * cos - x.at(t, second) * sin);
                        out.set(t, second, x.at(t, second) * cos + x.at(t, first) * sin);
                    }
                }
            }
            put(o.out(), out);
        }

        private void writeKv(Op.WriteKv o) {
            OracleCache cache = (OracleCache) io.cache().orElseThrow();
            CacheRef target = o.target();
            int[] slots = batch.groups().get(target.group()).slots();
            int width = o.k().width();
            for (int t = 0; t < slots.length; t++) {
                System.arraycopy(in(o.k()).data(), t * width, cache.keys(target), slots[t] * width, width);
                System.arraycopy(in(o.v()).data(), t * width, cache.values(target), slots[t] * width, width);
            }
        }

        private void gated(Op.Gated o) {
            Matrix gate = in(o.gate());
            Matrix up = in(o.up());
            Matrix out = new Matrix(gate.rows(), gate.width());
            for (int i = 0; i < out.data().length; i++) {
                out.data()[i] = Activations.apply(o.activation(), gate.data()[i]) * up.data()[i];
            }
            put(o.out(), out);
        }

        private void add(Op.Add o) {
            Matrix a = in(o.a());
            Matrix b = in(o.b());
            Matrix out = new Matrix(a.rows(), a.width());
            for (int i = 0; i < out.data().length; i++) {
                out.data()[i] = a.data()[i] + b.data()[i];
            }
            put(o.out(), out);
        }

        private void slice(Op.Slice o) {
            Matrix x = in(o.x());
            Matrix out = new Matrix(x.rows(), o.out().width());
            for (int t = 0; t < x.rows(); t++) {
                System.arraycopy(x.data(), t * x.width() + o.from(), out.data(), t * out.width(), out.width());
            }
            put(o.out(), out);
        }

        private void gatherRows(Op.GatherRows o) {
            Matrix x = in(o.x());
            Matrix out = new Matrix(batch.logitRowCount(), x.width());
            for (int r = 0; r < out.rows(); r++) {
                System.arraycopy(x.data(), batch.logitRows()[r] * x.width(), out.data(), r * x.width(), x.width());
            }
            put(o.out(), out);
        }

        private void map(Value x, Value out, DoubleUnaryOperator f) {
            Matrix from = in(x);
            Matrix to = new Matrix(from.rows(), from.width());
            for (int i = 0; i < to.data().length; i++) {
                to.data()[i] = f.applyAsDouble(from.data()[i]);
            }
            put(out, to);
        }

        private Matrix in(Value value) {
            return values.get(value);
        }

        private void put(Value value, Matrix matrix) {
            values.put(value, matrix);
        }

        private float[] weight(WeightRef ref) {
            return weights.of(ref);
        }
    }
}
