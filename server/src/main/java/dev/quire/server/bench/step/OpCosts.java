package dev.quire.server.bench.step;

import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.server.bench.limits.Limits.Products;
import java.util.Collection;
import java.util.List;

/** Counts the bytes and the operations of an op in a step. */
public final class OpCosts {
    /** A root, a sum of squares, two products. */
    private static final int NORM = 4;

    private static final int ROTATION = 3;

    private final StepShape step;
    private final KvCacheLayout layout;

    /** @param layout of the model's cache */
    public OpCosts(StepShape step, KvCacheLayout layout) {
        this.step = step;
        this.layout = layout;
    }

    /** All that an op reads and writes, values included. */
    public OpCost of(Op op) {
        double values = valueBytes(op.inputs()) + valueBytes(op.outputs());
        return switch (op) {
            case Op.Embed o ->
                plain(o.table().format().bytes(o.table().columns()) * (double) rows(o.out()) + values, 0);
            case Op.Linear o -> linear(o, values);
            case ExpertOp.ExpertLinear o -> experts(o, values);
            case Op.Attend o -> attend(o, values);
            case Op.WriteKv o -> write(o, values);
            case Op.RmsNorm o -> plain(values + weightBytes(o.weights()), NORM * elements(o.x()));
            case Op.LayerNorm o -> plain(values + weightBytes(o.weights()), 2 * NORM * elements(o.x()));
            case Op.Rope o -> plain(values, ROTATION * elements(o.x()));
            case Op.Gated o -> plain(values, 3 * elements(o.gate()));
            case Op.Activate o -> plain(values, 2 * elements(o.x()));
            case Op.Add o -> plain(values, elements(o.a()));
            case Op.Scale o -> plain(values, elements(o.x()));
            case Op.SoftCap o -> plain(values, 3 * elements(o.x()));
            case Op.Slice o -> plain(2 * valueBytes(o.outputs()), 0);
            case Op.GatherRows o -> plain(2 * valueBytes(o.outputs()), 0);
            case Op.Sample o -> plain(values, elements(o.logits()));
            case ExpertOp.Route o -> plain(values, 2 * elements(o.scores()));
            case ExpertOp.WeightedSum o -> plain(values, 2 * elements(o.x()));
            case Op.Composite o -> composite(o);
        };
    }

    /** What of an op no cache of the processor could save a step: a layer's weights, keys, values, and the products with them. */
    public OpCost leastOf(Op op) {
        return switch (op) {
            case Op.Linear o -> linear(o, 0);
            case ExpertOp.ExpertLinear o -> experts(o, 0);
            case Op.Attend o -> attend(o, 0);
            case Op.WriteKv o -> write(o, 0);
            default -> plain(0, 0);
        };
    }

    private OpCost linear(Op.Linear op, double values) {
        return new OpCost(
                values + weightBytes(op.weights()),
                2.0 * rows(op.x()) * op.weight().rows() * op.weight().columns(),
                Products.of(op.weight().format()));
    }

    private OpCost write(Op.WriteKv op, double values) {
        return plain(values + 2 * cacheBytes(op.target(), step.tokens(), op.k().width()), 0);
    }

    private static OpCost plain(double bytes, double operations) {
        return new OpCost(bytes, operations, Products.F32);
    }

    /** Every expert that some row may have chosen is read once. */
    private OpCost experts(ExpertOp.ExpertLinear op, double values) {
        WeightRef one = op.weights().getFirst();
        double parts = (double) rows(op.out()) * op.experts().width();
        double read = Math.min(parts, op.weights().size());
        return new OpCost(
                values + read * one.bytes(), 2 * parts * one.rows() * one.columns(), Products.of(one.format()));
    }

    /** The products of queries with keys, and of their weights with values. */
    private OpCost attend(Op.Attend op, double values) {
        double visible = 0;
        for (int i = 0; i < step.count(); i++) {
            visible += visible(op, i);
        }
        double operations =
                4 * step.sequences() * visible * op.shape().heads() * op.shape().headSize();
        if (op.keys() instanceof KeySource.Cached(CacheRef cache)) {
            double read = step.sequences() * (double) keys(op.mask());
            double bytes = 2
                    * cacheBytes(cache, read, op.shape().kvHeads() * op.shape().headSize());
            return new OpCost(values + bytes, operations, dtype(cache) == DType.F32 ? Products.F32 : Products.BF16);
        }
        return new OpCost(values, operations, Products.F32);
    }

    /** Keys that query {@code i} of a sequence sees. */
    private int visible(Op.Attend op, int i) {
        int first = op.keys() instanceof KeySource.Cached ? step.before() : 0;
        return switch (op.mask()) {
            case Mask.Causal _ -> first + i + 1;
            case Mask.SlidingWindow(int size) -> Math.min(size, first + i + 1);
            case Mask.Bidirectional _ -> first + step.count();
        };
    }

    /** Keys of a sequence that any query sees. */
    private int keys(Mask mask) {
        return mask instanceof Mask.SlidingWindow(int size)
                ? Math.min(step.context(), size + step.count() - 1)
                : step.context();
    }

    private OpCost composite(Op.Composite op) {
        List<OpCost> parts = op.definition().stream().map(this::of).toList();
        boolean narrow = parts.stream().anyMatch(part -> part.products() == Products.BF16);
        return new OpCost(
                parts.stream().mapToDouble(OpCost::bytes).sum(),
                parts.stream().mapToDouble(OpCost::operations).sum(),
                narrow ? Products.BF16 : Products.F32);
    }

    private double cacheBytes(CacheRef cache, double tokens, int width) {
        return tokens * width * dtype(cache).bytes();
    }

    private DType dtype(CacheRef cache) {
        return ((PagedKv) layout.groups().get(cache.group())).dtype();
    }

    private static double weightBytes(Collection<WeightRef> weights) {
        return weights.stream().mapToDouble(WeightRef::bytes).sum();
    }

    private double valueBytes(Collection<Value> values) {
        return values.stream()
                .mapToDouble(value -> elements(value) * value.dtype().bytes())
                .sum();
    }

    private double elements(Value value) {
        return (double) rows(value) * value.width();
    }

    private int rows(Value value) {
        return switch (value.rows()) {
            case TOKENS -> step.tokens();
            case LOGITS, SEQUENCES, EXTERNAL -> step.sequences();
        };
    }
}
