package dev.quire.backends.tornado.times;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Every op that a kernel in Java stands for, in the shapes of small models. */
final class TimedOps {
    private static final int WIDTH = 512;
    private static final int INNER = 1536;
    private static final int HEADS = 9;
    private static final int KV_HEADS = 3;
    private static final int HEAD = 64;
    private static final Op.Attend.HeadShape SHAPE = new Op.Attend.HeadShape(HEADS, KV_HEADS, HEAD, 0.125);
    private static final CacheRef CACHE = new CacheRef(0, 0);
    private static final int EXPERTS = 8;
    private static final int CHOSEN = 2;
    private static final int[] ROWS = {1, 16, 512};
    private static final int[] FEW_ROWS = {1, 16, 64};

    private final Numerics numerics;
    private final List<TimedOp> ops = new ArrayList<>();

    private TimedOps(Numerics numerics) {
        this.numerics = numerics;
    }

    static List<TimedOp> of(Numerics numerics) {
        TimedOps all = new TimedOps(numerics);
        all.elements();
        all.norms();
        all.embeddings();
        all.attention();
        all.experts();
        all.matrices();
        all.samples();
        return all.ops;
    }

    private void elements() {
        Value x = Value.tokens("x", WIDTH);
        Value y = Value.tokens("y", WIDTH);
        Value wide = Value.tokens("x", 3 * WIDTH);
        Rotary rotary = Rotary.of(HEAD, 10_000, Rotary.Pairing.HALF);
        plain("slice", out -> new Op.Slice(wide, WIDTH, out), WIDTH);
        plain("add", out -> new Op.Add(x, y, out), WIDTH);
        plain("scale", out -> new Op.Scale(x, 0.5, out), WIDTH);
        plain("soft_cap", out -> new Op.SoftCap(x, 30, out), WIDTH);
        plain("activate", out -> new Op.Activate(x, Activation.GELU_TANH, out), WIDTH);
        plain("gated", out -> new Op.Gated(x, y, Activation.SILU, out), WIDTH);
        plain("rope", out -> new Op.Rope(x, Value.POSITIONS, rotary, HEAD, out), WIDTH);
    }

    private void norms() {
        Value x = Value.tokens("x", WIDTH);
        WeightRef weight = WeightRef.vector("weight", WIDTH);
        WeightRef bias = WeightRef.vector("bias", WIDTH);
        plain("rms_norm", out -> new Op.RmsNorm(x, Optional.of(weight), 0, 1e-5f, WIDTH, out), WIDTH);
        plain(
                "layer_norm",
                out -> new Op.LayerNorm(x, Optional.of(weight), Optional.of(bias), 1e-5f, WIDTH, out),
                WIDTH);
    }

    private void embeddings() {
        for (WeightFormat format : WeightFormat.values()) {
            WeightRef table = new WeightRef("table", TimedOp.VOCABULARY, WIDTH, format);
            plain("embed " + format, out -> new Op.Embed(Value.TOKENS, table, 0, out), WIDTH);
        }
    }

    private void attention() {
        Value q = Value.tokens("q", HEADS * HEAD);
        Value k = Value.tokens("k", KV_HEADS * HEAD);
        Value v = Value.tokens("v", KV_HEADS * HEAD);
        for (Mask mask : List.of(Mask.CAUSAL, new Mask.Bidirectional())) {
            String name = "attend to step, " + mask.getClass().getSimpleName();
            IntFunction<Op> op = i -> attend(q, new KeySource.Step(k, v), mask, i);
            ops.add(TimedOp.of(name + ", 64 tokens", op, batch(1, 64)));
            ops.add(TimedOp.of(name + ", 8 of 32 tokens", op, batch(8, 32)));
        }
        for (DType type : numerics == Numerics.FAST ? List.of(DType.BF16, DType.F16, DType.F32) : List.of(DType.BF16)) {
            CacheGroup.PagedKv cache = new CacheGroup.PagedKv("kv", 1, KV_HEADS, HEAD, type, 16, 0);
            IntFunction<Op> op = i -> attend(q, new KeySource.Cached(CACHE), Mask.CAUSAL, i);
            IntFunction<Op> write = i -> new Op.WriteKv(k, v, CACHE);
            ops.add(TimedOp.cached("attend %s, 8 of 512".formatted(type), op, cache, 8, 512, 1));
            ops.add(TimedOp.cached("attend %s, prompt of 64".formatted(type), op, cache, 1, 64, 64));
            ops.add(TimedOp.cached("write_kv %s, 8 tokens".formatted(type), write, cache, 8, 512, 1));
            ops.add(TimedOp.cached("write_kv %s, 512 tokens".formatted(type), write, cache, 1, 512, 512));
        }
    }

    private static Op attend(Value q, KeySource keys, Mask mask, int i) {
        Value out = TimedOp.own(Value.tokens("out", q.width()), i);
        return new Op.Attend(q, keys, SHAPE, mask, Optional.empty(), List.of(), out);
    }

    private void experts() {
        Value scores = Value.tokens("scores", EXPERTS);
        Value chosen = new Value("experts", Value.TOKENS.rows(), CHOSEN, DType.I32);
        Value gates = Value.tokens("gates", CHOSEN);
        Value x = Value.tokens("x", WIDTH);
        Value parts = Value.tokens("x", CHOSEN * WIDTH);
        for (int rows : FEW_ROWS) {
            IntFunction<Op> route = i -> new ExpertOp.Route(
                    scores, ExpertOp.Route.Over.CHOSEN, TimedOp.own(chosen, i), TimedOp.own(gates, i));
            ops.add(TimedOp.of(rows("route", rows), route, batch(1, rows)));
        }
        plain("weighted_sum", out -> new ExpertOp.WeightedSum(parts, gates, out), WIDTH);
        for (WeightFormat format : formats()) {
            List<WeightRef> weights = IntStream.range(0, EXPERTS)
                    .mapToObj(e -> new WeightRef("expert" + e, WIDTH, WIDTH, format))
                    .toList();
            Value out = Value.tokens("out", CHOSEN * WIDTH);
            for (int rows : FEW_ROWS) {
                IntFunction<Op> op =
                        i -> new ExpertOp.ExpertLinear(x, chosen, weights, Op.Linear.Split.WHOLE, TimedOp.own(out, i));
                ops.add(TimedOp.of(rows("expert_linear " + format, rows), op, batch(1, rows)));
            }
        }
    }

    private void matrices() {
        Value x = Value.tokens("x", WIDTH);
        for (WeightFormat format : formats()) {
            WeightRef weight = new WeightRef("weight", INNER, WIDTH, format);
            Value out = Value.tokens("out", INNER);
            for (int rows : FEW_ROWS) {
                IntFunction<Op> op =
                        i -> new Op.Linear(x, weight, Optional.empty(), Op.Linear.Split.WHOLE, TimedOp.own(out, i));
                ops.add(TimedOp.of(rows("linear " + format, rows), op, batch(1, rows)));
            }
        }
    }

    /** In REPRODUCIBLE a matrix is bf16 by the time that it is multiplied. */
    private List<WeightFormat> formats() {
        return numerics == Numerics.FAST ? List.of(WeightFormat.values()) : List.of(WeightFormat.BF16);
    }

    private void samples() {
        int[] tokens = IntStream.range(0, 20).map(i -> 100 * i).toArray();
        int[] counts = IntStream.range(0, tokens.length).map(i -> 1).toArray();
        Adjustments penalties =
                new Adjustments(1.1f, 0.2f, 0.1f, tokens, tokens, counts, new int[0], new float[0], new int[0]);
        for (int vocabulary : new int[] {8000, 49_152}) {
            for (int rows : new int[] {1, 16}) {
                String size = ", %d of %d".formatted(rows, vocabulary);
                sample("greedy" + size, vocabulary, rows, row(0, 0, 1, 0, -1, Adjustments.NONE));
                sample("greedy, penalties" + size, vocabulary, rows, row(0, 0, 1, 0, -1, penalties));
                sample("greedy, 5 logprobs" + size, vocabulary, rows, row(0, 0, 1, 0, 5, Adjustments.NONE));
                sample("temperature" + size, vocabulary, rows, row(0.8f, 0, 1, 0, -1, Adjustments.NONE));
                sample("top-k" + size, vocabulary, rows, row(0.8f, 40, 1, 0, -1, Adjustments.NONE));
                sample("top-p" + size, vocabulary, rows, row(0.8f, 0, 0.9f, 0, -1, Adjustments.NONE));
                sample("min-p" + size, vocabulary, rows, row(0.8f, 0, 1, 0.05f, -1, Adjustments.NONE));
                sample("all" + size, vocabulary, rows, row(0.8f, 40, 0.9f, 0.05f, 5, penalties));
            }
        }
    }

    private void sample(String name, int vocabulary, int rows, SamplingRow row) {
        ops.add(TimedOp.sampling("sample " + name, vocabulary, rows, 5, row));
    }

    private static SamplingRow row(float temperature, int k, float p, float minP, int top, Adjustments adjustments) {
        return new SamplingRow(temperature, k, p, minP, 17, 4, OptionalInt.empty(), top, adjustments);
    }

    private void plain(String name, Function<Value, Op> op, int width) {
        for (int rows : name.startsWith("embed") ? new int[] {1, 512} : ROWS) {
            IntFunction<Op> each = i -> op.apply(TimedOp.own(Value.tokens("out", width), i));
            ops.add(TimedOp.of(rows(name, rows), each, batch(1, rows)));
        }
    }

    private static String rows(String name, int rows) {
        return "%s, %d rows".formatted(name, rows);
    }

    private static StepBatch batch(int sequences, int count) {
        return TimedOp.batch(sequences, 0, count, Optional.empty());
    }
}
