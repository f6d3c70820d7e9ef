package dev.quire.conformance.metamorphic;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.scenario.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Appends ops and names what they write after their place in the list. */
final class ModelBuilder {
    static final int VOCABULARY = 131;

    private final int width;
    private final Op.Attend.HeadShape heads;
    private final WeightFormat format;
    private final List<Op> ops = new ArrayList<>();
    private final List<CacheGroup> groups = new ArrayList<>();

    /** @param format of matrices */
    ModelBuilder(int width, Op.Attend.HeadShape heads, WeightFormat format) {
        this.width = width;
        this.heads = heads;
        this.format = format;
    }

    int width() {
        return width;
    }

    int queries() {
        return heads.heads() * heads.headSize();
    }

    int keys() {
        return heads.kvHeads() * heads.headSize();
    }

    private Value next(int columns) {
        return Value.tokens("v" + ops.size(), columns);
    }

    private Value add(Op op) {
        ops.add(op);
        return op.outputs().getFirst();
    }

    private WeightRef matrix(int rows, int columns) {
        return new WeightRef("w" + ops.size(), rows, columns, format);
    }

    private WeightRef vector(String what, int length) {
        return WeightRef.vector(what + ops.size(), length);
    }

    /** Another cache group of {@code layers} layers; its number. */
    int group(int layers, DType type) {
        groups.add(new PagedKv("group " + groups.size(), layers, heads.kvHeads(), heads.headSize(), type, 16, 0));
        return groups.size() - 1;
    }

    Value embed() {
        return add(new Op.Embed(Value.TOKENS, matrix(VOCABULARY, width), 0, next(width)));
    }

    Value learnedPositions(int most) {
        return add(new Op.Embed(Value.POSITIONS, matrix(most + 2, width), 2, next(width)));
    }

    Value rmsNorm(Value x, int group, float offset) {
        return add(new Op.RmsNorm(x, Optional.of(vector("norm", group)), offset, 1e-5f, group, next(x.width())));
    }

    Value layerNorm(Value x) {
        return add(new Op.LayerNorm(
                x,
                Optional.of(vector("norm", x.width())),
                Optional.of(vector("shift", x.width())),
                1e-5f,
                x.width(),
                next(x.width())));
    }

    Value linear(Value x, int outputs, Split split, boolean bias) {
        Optional<WeightRef> b = bias ? Optional.of(vector("bias", outputs)) : Optional.empty();
        return add(new Op.Linear(x, matrix(outputs, x.width()), b, split, next(outputs)));
    }

    Value rope(Value x, Rotary rotary) {
        return add(new Op.Rope(x, Value.POSITIONS, rotary, heads.headSize(), next(x.width())));
    }

    /** Stores k and v, and attends. */
    Value attend(Value q, Value k, Value v, CacheRef at, Mask mask, Optional<Float> cap, List<Float> alibi) {
        ops.add(new Op.WriteKv(k, v, at));
        return add(new Op.Attend(q, new KeySource.Cached(at), heads, mask, cap, alibi, next(q.width())));
    }

    Value gated(Value gate, Value up, Activation activation) {
        return add(new Op.Gated(gate, up, activation, next(up.width())));
    }

    Value activate(Value x, Activation activation) {
        return add(new Op.Activate(x, activation, next(x.width())));
    }

    Value plus(Value a, Value b) {
        return add(new Op.Add(a, b, next(a.width())));
    }

    /** Experts in place of an MLP: the best {@code chosen} of {@code count} for each row, with gates that sum to 1. */
    Value mixture(Value x, int count, int chosen, int inner) {
        Value scores = linear(x, count, Split.WHOLE, false);
        Value experts = new Value("experts" + ops.size(), Rows.TOKENS, chosen, DType.I32);
        Value gates = Value.tokens("gates" + ops.size(), chosen);
        ops.add(new ExpertOp.Route(scores, ExpertOp.Route.Over.CHOSEN, experts, gates));
        Value gate = each(x, x.width(), experts, count, inner, Split.WHOLE);
        Value up = each(x, x.width(), experts, count, inner, Split.WHOLE);
        Value down = each(gated(gate, up, Activation.SILU), inner, experts, count, x.width(), Split.EIGHT_SLICES);
        return add(new ExpertOp.WeightedSum(down, gates, next(x.width())));
    }

    private Value each(Value x, int inputs, Value experts, int count, int outputs, Split split) {
        String matrix = "w" + ops.size() + ".";
        List<WeightRef> weights = IntStream.range(0, count)
                .mapToObj(expert -> new WeightRef(matrix + expert, outputs, inputs, format))
                .toList();
        return add(new ExpertOp.ExpertLinear(x, experts, weights, split, next(experts.width() * outputs)));
    }

    Value scale(Value x, double factor) {
        return add(new Op.Scale(x, factor, next(x.width())));
    }

    Value slice(Value x, int from, int columns) {
        return add(new Op.Slice(x, from, next(columns)));
    }

    /** Logits of the rows that are wanted, capped if {@code cap} is more than 0. */
    SmallModel build(String name, Samples samples, Value last, float cap) {
        Value wanted = add(new Op.GatherRows(last, Value.logits("wanted", last.width())));
        WeightRef head = matrix(VOCABULARY, last.width());
        Value logits =
                add(new Op.Linear(wanted, head, Optional.empty(), Split.WHOLE, Value.logits("logits", VOCABULARY)));
        Value out = cap > 0 ? add(new Op.SoftCap(logits, cap, Value.logits("capped", VOCABULARY))) : logits;
        Program program = Program.of(List.of(Value.TOKENS, Value.POSITIONS), ops, List.of(out));
        return new SmallModel(name, samples, program, new KvCacheLayout(groups), VOCABULARY);
    }
}
