package dev.quire.api.program;

import dev.quire.api.types.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A model's forward step, or a sampling step, as a list of ops in execution order. Each value is written once, before it is read.
 *
 * @param inputs values that come from the batch ({@link Value#TOKENS}, {@link Value#POSITIONS}) or from bindings
 * @param weights every weight that an op names
 * @param ops in execution order
 * @param outputs values that bindings receive
 */
public record Program(List<Value> inputs, List<WeightRef> weights, List<Op> ops, List<Value> outputs) {
    public Program {
        inputs = List.copyOf(inputs);
        weights = List.copyOf(weights);
        ops = List.copyOf(ops);
        outputs = List.copyOf(outputs);
        validate(inputs, weights, ops, outputs);
    }

    /** A program whose weights are those that its ops name, in order of first use. */
    public static Program of(List<Value> inputs, List<Op> ops, List<Value> outputs) {
        Set<WeightRef> weights = new LinkedHashSet<>();
        ops.forEach(op -> weights.addAll(op.weights()));
        return new Program(inputs, List.copyOf(weights), ops, outputs);
    }

    /**
     * The program of a sampling step: {@code logits} [E, vocabulary] are sampled into {@code sampled}, {@code ranks}, {@code top_ids} and
     * {@code top_logprobs}.
     *
     * @param top most alternatives that a row asks for
     */
    public static Program sampling(int vocabulary, int top) {
        Value logits = new Value("logits", Rows.EXTERNAL, vocabulary, DType.F32);
        Op sample = new Op.Sample(
                logits,
                new Value("sampled", Rows.LOGITS, 1, DType.I32),
                new Value("ranks", Rows.LOGITS, 1, DType.I32),
                new Value("top_ids", Rows.LOGITS, 1 + top, DType.I32),
                new Value("top_logprobs", Rows.LOGITS, 1 + top, DType.F32));
        return of(List.of(logits), List.of(sample), sample.outputs());
    }

    /** This program with each composite that {@code refused} accepts replaced by its definition, repeatedly. */
    public Program expand(Predicate<Op.Composite> refused) {
        List<Op> flat = new ArrayList<>();
        ops.forEach(op -> expand(op, refused, flat));
        return new Program(inputs, weights, flat, outputs);
    }

    /** Number of cache groups that the ops name. */
    public int cacheGroups() {
        return 1
                + ops.stream()
                        .flatMap(op -> op.cache().stream())
                        .mapToInt(CacheRef::group)
                        .max()
                        .orElse(-1);
    }

    private static void expand(Op op, Predicate<Op.Composite> refused, List<Op> into) {
        if (op instanceof Op.Composite composite && refused.test(composite)) {
            composite.definition().forEach(inner -> expand(inner, refused, into));
        } else {
            into.add(op);
        }
    }

    private static void validate(List<Value> inputs, List<WeightRef> weights, List<Op> ops, List<Value> outputs) {
        Set<String> weightNames = new HashSet<>();
        for (WeightRef weight : weights) {
            if (!weightNames.add(weight.name())) {
                throw new IllegalArgumentException("weight '%s' is declared twice".formatted(weight.name()));
            }
        }
        Set<Value> known = new HashSet<>(inputs);
        Set<String> names = new HashSet<>();
        inputs.forEach(input -> names.add(input.name()));
        Set<WeightRef> declared = Set.copyOf(weights);
        for (int i = 0; i < ops.size(); i++) {
            Op op = ops.get(i);
            String where = "op %d (%s)".formatted(i, op.kind());
            for (Value input : op.inputs()) {
                if (!known.contains(input)) {
                    throw new IllegalArgumentException(
                            "%s reads '%s', which no earlier op writes".formatted(where, input.name()));
                }
            }
            for (WeightRef weight : op.weights()) {
                if (!declared.contains(weight)) {
                    throw new IllegalArgumentException(
                            "%s reads weight '%s', which is not declared".formatted(where, weight.name()));
                }
            }
            for (Value output : op.outputs()) {
                if (!names.add(output.name())) {
                    throw new IllegalArgumentException("%s writes '%s' a second time".formatted(where, output.name()));
                }
                known.add(output);
            }
        }
        for (Value output : outputs) {
            if (!known.contains(output)) {
                throw new IllegalArgumentException("output '%s' is never written".formatted(output.name()));
            }
        }
    }
}
