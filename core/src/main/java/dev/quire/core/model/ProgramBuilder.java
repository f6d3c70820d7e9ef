package dev.quire.core.model;

import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes programs line by line, so that an architecture reads like its equations. Each method appends one op and returns the value that
 * it writes, named by the caller.
 */
public final class ProgramBuilder {
    private final WeightFormats formats;
    private final List<Op> ops = new ArrayList<>();

    public ProgramBuilder(WeightFormats formats) {
        this.formats = formats;
    }

    /** Rows of a table, by token id. */
    public Value embed(String name, Value ids, String table, int entries, int width) {
        Value out = Value.tokens(name, width);
        ops.add(new Op.Embed(ids, matrix(table, entries, width), 0, out));
        return out;
    }

    /** Root mean square norm over whole rows. */
    public Value rmsNorm(String name, Value x, String weight, double eps) {
        return rmsNorm(name, x, weight, eps, x.width(), 0);
    }

    /** Root mean square norm over runs of {@code group} elements; {@code offset} is added to the weights. */
    public Value rmsNorm(String name, Value x, String weight, double eps, int group, double offset) {
        Value out = like(name, x, x.width());
        Optional<WeightRef> scale = Optional.of(WeightRef.vector(weight, group));
        ops.add(new Op.RmsNorm(x, scale, (float) offset, (float) eps, group, out));
        return out;
    }

    /** x · weightᵀ, plus the vector {@code prefix.bias} where the checkpoint has one. */
    public Value linear(String name, Value x, String prefix, int features, Op.Linear.Split split) {
        Value out = like(name, x, features);
        Optional<WeightRef> bias = formats.has(prefix + ".bias")
                ? Optional.of(WeightRef.vector(prefix + ".bias", features))
                : Optional.empty();
        ops.add(new Op.Linear(x, matrix(prefix + ".weight", features, x.width()), bias, split, out));
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
        Value out = like(name, q, q.width());
        ops.add(new Op.Attend(q, new KeySource.Cached(cache), shape, mask, Optional.empty(), List.of(), out));
        return out;
    }

    public Value gated(String name, Value gate, Value up, Activation activation) {
        Value out = like(name, gate, gate.width());
        ops.add(new Op.Gated(gate, up, activation, out));
        return out;
    }

    public Value add(String name, Value a, Value b) {
        Value out = like(name, a, a.width());
        ops.add(new Op.Add(a, b, out));
        return out;
    }

    /** The rows whose logits are wanted. */
    public Value gatherRows(String name, Value x) {
        Value out = Value.logits(name, x.width());
        ops.add(new Op.GatherRows(x, out));
        return out;
    }

    /** The program that ends at {@code output}. */
    public Program build(Value output) {
        return Program.of(List.of(Value.TOKENS, Value.POSITIONS), ops, List.of(output));
    }

    private WeightRef matrix(String name, int rows, int columns) {
        return new WeightRef(name, rows, columns, formats.matrix(name));
    }

    private static Value like(String name, Value x, int width) {
        return new Value(name, x.rows(), width, x.dtype());
    }
}
