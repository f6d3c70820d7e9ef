package dev.quire.core.model;

import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes programs line by line, so that an architecture reads like its equations. Each method appends one op and returns the value that
 * it writes, named by the caller. A layer's weights are named by their module: {@code module.weight} and {@code module.bias}.
 */
public final class ProgramBuilder {
    private final WeightFormats formats;
    private final List<Op> ops;
    private final String values;
    private final String modules;

    public ProgramBuilder(WeightFormats formats) {
        this(formats, new ArrayList<>(), "", "");
    }

    private ProgramBuilder(WeightFormats formats, List<Op> ops, String values, String modules) {
        this.formats = formats;
        this.ops = ops;
        this.values = values;
        this.modules = modules;
    }

    /**
     * A part of the same program.
     *
     * @param part goes before the names of its values, with a dot
     * @param module goes before the names of its modules, with a dot
     */
    public ProgramBuilder within(String part, String module) {
        return new ProgramBuilder(formats, ops, values + part + ".", modules + module + ".");
    }

    /** Rows of a table, by token id or position. */
    public Value embed(String name, Value ids, String module, int entries, int width) {
        return embed(name, ids, module, entries, width, 0);
    }

    /** Rows of a table, by token id or position plus {@code offset}. */
    public Value embed(String name, Value ids, String module, int entries, int width, int offset) {
        Value out = Value.tokens(values + name, width);
        ops.add(new Op.Embed(ids, matrix(module, entries, width), offset, out));
        return out;
    }

    /** Root mean square norm over whole rows. */
    public Value rmsNorm(String name, Value x, String module, double eps) {
        return rmsNorm(name, x, module, eps, x.width(), 0);
    }

    /** Root mean square norm over runs of {@code group} elements; {@code offset} is added to the weights. */
    public Value rmsNorm(String name, Value x, String module, double eps, int group, double offset) {
        Value out = like(name, x, x.width());
        ops.add(new Op.RmsNorm(
                x, Optional.of(vector(module, "weight", group)), (float) offset, (float) eps, group, out));
        return out;
    }

    /** Layer norm over whole rows, with a weight and a bias. */
    public Value layerNorm(String name, Value x, String module, double eps) {
        Value out = like(name, x, x.width());
        Optional<WeightRef> weight = Optional.of(vector(module, "weight", x.width()));
        Optional<WeightRef> bias = Optional.of(vector(module, "bias", x.width()));
        ops.add(new Op.LayerNorm(x, weight, bias, (float) eps, x.width(), out));
        return out;
    }

    /** Layer norm over whole rows that learned nothing. */
    public Value plainLayerNorm(String name, Value x, double eps) {
        Value out = like(name, x, x.width());
        ops.add(new Op.LayerNorm(x, Optional.empty(), Optional.empty(), (float) eps, x.width(), out));
        return out;
    }

    /** x · weightᵀ. */
    public Value linear(String name, Value x, String module, int features, Op.Linear.Split split) {
        return linear(name, x, module, features, split, Bias.ABSENT);
    }

    /** x · weightᵀ, plus a bias if it is present. */
    public Value linear(String name, Value x, String module, int features, Op.Linear.Split split, Bias bias) {
        Value out = like(name, x, features);
        Optional<WeightRef> added =
                bias == Bias.PRESENT ? Optional.of(vector(module, "bias", features)) : Optional.empty();
        ops.add(new Op.Linear(x, layer(module, features, x.width()), added, split, out));
        return out;
    }

    /** x · weightᵀ with a matrix that is not quantized while it is loaded: heads, whose table may be tied to the embedding, and routers. */
    public Value head(String name, Value x, String module, int features) {
        Value out = like(name, x, features);
        ops.add(new Op.Linear(x, matrix(module, features, x.width()), Optional.empty(), Op.Linear.Split.WHOLE, out));
        return out;
    }

    /** Rotates heads by their token's position. */
    public Value rope(String name, Value x, Rotary rotary, int headSize) {
        Value out = like(name, x, x.width());
        ops.add(new Op.Rope(x, Value.POSITIONS, rotary, headSize, out));
        return out;
    }

    /** Stores keys and values of the step. */
    public void writeKv(Value k, Value v, CacheRef cache) {
        ops.add(new Op.WriteKv(k, v, cache));
    }

    /** Attention over the cache, with no soft-cap and no ALiBi. */
    public Value attend(String name, Value q, CacheRef cache, Op.Attend.HeadShape shape, Mask mask) {
        return attend(name, q, cache, shape, mask, Optional.empty());
    }

    /** Attention over the cache, its scores capped if {@code softCap} is there. */
    public Value attend(
            String name, Value q, CacheRef cache, Op.Attend.HeadShape shape, Mask mask, Optional<Float> softCap) {
        Value out = like(name, q, q.width());
        ops.add(new Op.Attend(q, new KeySource.Cached(cache), shape, mask, softCap, List.of(), out));
        return out;
    }

    /** act(gate) · up. */
    public Value gated(String name, Value gate, Value up, Activation activation) {
        Value out = like(name, gate, gate.width());
        ops.add(new Op.Gated(gate, up, activation, out));
        return out;
    }

    /**
     * Who works on each row.
     *
     * @param experts [T, chosen], numbers of the chosen
     * @param gates [T, chosen], what each counts
     */
    public record Routed(Value experts, Value gates) {}

    /** The {@code chosen} experts of the largest scores, named {@code name}, and their softmax, named {@code name} with {@code _gates} behind it. */
    public Routed route(String name, Value scores, int chosen, ExpertOp.Route.Over over) {
        Value experts = new Value(values + name, scores.rows(), chosen, DType.I32);
        Value gates = like(name + "_gates", scores, chosen);
        ops.add(new ExpertOp.Route(scores, over, experts, gates));
        return new Routed(experts, gates);
    }

    /**
     * x · weightᵀ for each of a row's experts, side by side.
     *
     * @param x what all experts of a row read, or one part for each
     * @param modules of all experts, in their order
     * @param inputs elements that an expert reads
     * @param features elements that an expert gives
     */
    public Value expertLinear(
            String name,
            Value x,
            Value experts,
            List<String> modules,
            int inputs,
            int features,
            Op.Linear.Split split) {
        Value out = like(name, x, experts.width() * features);
        List<WeightRef> weights =
                modules.stream().map(module -> layer(module, features, inputs)).toList();
        ops.add(new ExpertOp.ExpertLinear(x, experts, weights, split, out));
        return out;
    }

    /** Σ gate · part over the parts of a row. */
    public Value weightedSum(String name, Value x, Value gates) {
        Value out = like(name, x, x.width() / gates.width());
        ops.add(new ExpertOp.WeightedSum(x, gates, out));
        return out;
    }

    /** act(x). */
    public Value activate(String name, Value x, Activation activation) {
        Value out = like(name, x, x.width());
        ops.add(new Op.Activate(x, activation, out));
        return out;
    }

    /** a + b. */
    public Value add(String name, Value a, Value b) {
        Value out = like(name, a, a.width());
        ops.add(new Op.Add(a, b, out));
        return out;
    }

    /** x · factor. */
    public Value scale(String name, Value x, double factor) {
        Value out = like(name, x, x.width());
        ops.add(new Op.Scale(x, factor, out));
        return out;
    }

    /** cap · tanh(x / cap). */
    public Value softCap(String name, Value x, double cap) {
        Value out = like(name, x, x.width());
        ops.add(new Op.SoftCap(x, (float) cap, out));
        return out;
    }

    /** The rows whose logits are wanted. */
    public Value gatherRows(String name, Value x) {
        Value out = Value.logits(values + name, x.width());
        ops.add(new Op.GatherRows(x, out));
        return out;
    }

    /** The program that ends at {@code output}. */
    public Program build(Value output) {
        return Program.of(List.of(Value.TOKENS, Value.POSITIONS), ops, List.of(output));
    }

    private WeightRef matrix(String module, int rows, int columns) {
        String name = modules + module + ".weight";
        return new WeightRef(name, rows, columns, formats.matrix(name));
    }

    private WeightRef layer(String module, int rows, int columns) {
        String name = modules + module + ".weight";
        return new WeightRef(name, rows, columns, formats.layer(name, columns));
    }

    private WeightRef vector(String module, String kind, int length) {
        return WeightRef.vector(modules + module + "." + kind, length);
    }

    private Value like(String name, Value x, int width) {
        return new Value(values + name, x.rows(), width, x.dtype());
    }
}
