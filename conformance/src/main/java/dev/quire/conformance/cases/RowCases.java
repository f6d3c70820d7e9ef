package dev.quire.conformance.cases;

import dev.quire.api.program.Activation;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.api.types.WeightFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Every op but attention: one row and many, odd widths. */
final class RowCases {
    private final Samples samples;
    private final List<OpCase> cases = new ArrayList<>();

    RowCases(Samples samples) {
        this.samples = samples;
    }

    List<OpCase> list() {
        for (int rows : new int[] {1, 19}) {
            for (int width : new int[] {1, 33, 96}) {
                elementwise(rows, width);
                norms(rows, width);
            }
            embedAndRope(rows);
            linear(rows);
        }
        sample();
        return cases;
    }

    private void elementwise(int rows, int width) {
        Value a = Value.tokens("a", width);
        Value b = Value.tokens("b", width);
        Value out = Value.tokens("out", width);
        Bound bound = Bound.elementwise();
        for (Activation activation : Activation.values()) {
            add("Activate/" + activation, rows, new Op.Activate(a, activation, out), bound);
            add("Gated/" + activation, rows, new Op.Gated(a, b, activation, out), bound);
        }
        add("Add/plain", rows, new Op.Add(a, b, out), bound);
        add("Scale/plain", rows, new Op.Scale(a, 1.7f, out), bound);
        add("SoftCap/plain", rows, new Op.SoftCap(a, 2.5f, out), bound);
        add("Slice/tail", rows, new Op.Slice(a, width / 2, Value.tokens("out", width - width / 2)), bound);
        add("GatherRows/some", rows, new Op.GatherRows(a, Value.logits("out", width)), bound);
        Value half = Value.tokens("half", width);
        List<Op> parts = List.of(new Op.Scale(a, 0.5f, half), new Op.Add(half, a, out));
        add("Composite/two", rows, new Op.Composite("half more", List.of(a), List.of(out), parts), bound);
    }

    private void norms(int rows, int width) {
        Value a = Value.tokens("a", width);
        Value out = Value.tokens("out", width);
        int part = width % 3 == 0 ? width / 3 : width;
        for (int group : IntStream.of(width, part).distinct().toArray()) {
            Optional<WeightRef> weight = Optional.of(WeightRef.vector("weight", group));
            Optional<WeightRef> bias = Optional.of(WeightRef.vector("bias", group));
            String runs = "group=" + group;
            add(
                    "RmsNorm/plain/" + runs,
                    rows,
                    new Op.RmsNorm(a, Optional.empty(), 0, 1e-5f, group, out),
                    Bound.norm(group));
            add("RmsNorm/offset/" + runs, rows, new Op.RmsNorm(a, weight, 1, 1e-5f, group, out), Bound.norm(group));
            if (group > 1) {
                add(
                        "LayerNorm/weighted/" + runs,
                        rows,
                        new Op.LayerNorm(a, weight, bias, 1e-5f, group, out),
                        Bound.norm(group));
            }
        }
    }

    private void embedAndRope(int rows) {
        for (WeightFormat format : List.of(WeightFormat.F32, WeightFormat.BF16, WeightFormat.F16)) {
            WeightRef table = new WeightRef("table", 300, 33, format);
            add(
                    "Embed/" + format,
                    rows,
                    new Op.Embed(Value.TOKENS, table, 2, Value.tokens("out", 33)),
                    Bound.elementwise());
        }
        for (Rotary.Pairing pairing : Rotary.Pairing.values()) {
            for (int size : new int[] {32, 80, 128}) {
                Value a = Value.tokens("a", 3 * size);
                Rotary rotary = Rotary.of(size - 16, 10_000, pairing);
                Op rope = new Op.Rope(a, Value.POSITIONS, rotary, size, Value.tokens("out", 3 * size));
                add("Rope/%s/size=%d".formatted(pairing, size), rows, rope, Bound.elementwise());
            }
        }
    }

    private void linear(int rows) {
        for (WeightFormat format : List.of(WeightFormat.F32, WeightFormat.BF16, WeightFormat.F16)) {
            for (int k : new int[] {1, 33, 256, 1000}) {
                for (int n : new int[] {1, 47}) {
                    linear(rows, format, k, n);
                }
            }
        }
        for (WeightFormat format :
                List.of(WeightFormat.Q8_0, WeightFormat.Q4_0, WeightFormat.Q4_K, WeightFormat.Q6_K)) {
            linear(rows, format, 512, 48);
        }
    }

    private void linear(int rows, WeightFormat format, int k, int n) {
        Value a = Value.tokens("a", k);
        Value out = Value.tokens("out", n);
        WeightRef weight = new WeightRef("weight", n, k, format);
        Optional<WeightRef> bias = Optional.of(WeightRef.vector("bias", n));
        for (Op.Linear.Split split : Op.Linear.Split.values()) {
            Op op = new Op.Linear(a, weight, split == Op.Linear.Split.WHOLE ? bias : Optional.empty(), split, out);
            add("Linear/%s/%s/k=%d/n=%d".formatted(format, split, k, n), rows, op, Bound.dot(k, format));
        }
    }

    private void add(String kind, int rows, Op op, Bound bound) {
        String name = "%s/rows=%d/width=%d"
                .formatted(kind, rows, op.inputs().getFirst().width());
        int[] ids = samples.random(name).ints(rows, 0, 298).toArray();
        int[] positions = samples.random(name + "at").ints(rows, 0, 2000).toArray();
        int[] wanted = rows == 1 ? new int[] {0} : new int[] {0, 1, rows - 1};
        Program program = Program.of(op.inputs(), List.of(op), op.outputs());
        Map<String, float[]> inputs = new HashMap<>();
        for (Value value : op.inputs()) {
            if (value.dtype() == DType.F32) {
                inputs.put(value.name(), samples.floats(name + value.name(), rows * value.width(), 1));
            }
        }
        StepBatch batch = PagedScene.plain(ids, positions, wanted);
        cases.add(new OpCase(name, Optional.empty(), List.of(new OpCase.Step(program, batch, inputs)), bound));
    }

    /** Forty rows over four of logits; RULES S1 to S9. */
    private void sample() {
        int vocabulary = 97;
        int top = 4;
        List<SamplingRow> rows = new ArrayList<>();
        int[] from = new int[40];
        int[] none = {};
        int[] few = {3, 50, 96};
        Adjustments penalties =
                new Adjustments(1.5f, 0.3f, 0.2f, few, new int[] {3, 7}, new int[] {2, 1}, none, new float[0], none);
        Adjustments biases = new Adjustments(1, 0, 0, none, none, none, few, new float[] {2, 1, -1}, none);
        Adjustments allowed = new Adjustments(1, 0, 0, none, none, none, none, new float[0], few);
        List<Adjustments> kinds = List.of(Adjustments.NONE, penalties, biases, allowed);
        for (int r = 0; r < from.length; r++) {
            from[r] = r % 4;
            OptionalInt forced = r % 13 == 12 ? OptionalInt.of(11) : OptionalInt.empty();
            float temperature = r % 3 == 0 ? 0 : 0.4f + r * 0.02f;
            int topK = r % 5 == 1 ? 7 : 0;
            float topP = r % 7 == 2 ? 0.6f : 1;
            float minP = r % 11 == 3 ? 0.1f : 0;
            rows.add(new SamplingRow(temperature, topK, topP, minP, 1000 + r, r, forced, top, kinds.get(r / 4 % 4)));
        }
        Value logits = new Value("logits", Rows.EXTERNAL, vocabulary, DType.F32);
        Op op = new Op.Sample(
                logits,
                new Value("sampled", Rows.LOGITS, 1, DType.I32),
                new Value("ranks", Rows.LOGITS, 1, DType.I32),
                new Value("ids", Rows.LOGITS, 1 + top, DType.I32),
                new Value("logprobs", Rows.LOGITS, 1 + top, DType.F32));
        Program program = Program.of(List.of(logits), List.of(op), op.outputs());
        Map<String, float[]> inputs = Map.of("logits", samples.floats("logits", 4 * vocabulary, 4));
        OpCase.Step step = new OpCase.Step(program, StepBatch.sampling(from, rows), inputs);
        cases.add(new OpCase("Sample/mixed/rows=40", Optional.empty(), List.of(step), Bound.norm(vocabulary)));
    }
}
