package dev.quire.server.bench.ops;

import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Ops of a program that do the same in each layer. They are measured as one program, all after one another, so that weights come from memory as they
 * do in a step and not from a cache that the run before has filled.
 *
 * @param ops in the program's order, at least one
 */
record OpGroup(List<Op> ops) {
    private static final Pattern NAMED = Pattern.compile("name=[^,\\]]*");
    private static final Pattern LAYER = Pattern.compile("layer=\\d+");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    OpGroup {
        ops = List.copyOf(ops);
    }

    /** The groups of a program, in the order of their first ops. */
    static List<OpGroup> of(Program program) {
        Map<String, List<Op>> groups = new LinkedHashMap<>();
        for (Op op : program.ops()) {
            groups.computeIfAbsent(signature(op), any -> new ArrayList<>()).add(op);
        }
        return groups.values().stream().map(OpGroup::new).toList();
    }

    /** What the op is and what it is for, in whatever layer. */
    private static String signature(Op op) {
        String unnamed = NAMED.matcher(op.toString()).replaceAll("name=");
        return LAYER.matcher(unnamed).replaceAll("layer=") + role(op);
    }

    private static String anyLayer(String name) {
        return NUMBER.matcher(name).replaceAll("*");
    }

    Op first() {
        return ops.getFirst();
    }

    /** The weight that the op reads, or the value that it writes, in any layer. */
    String role() {
        return role(first());
    }

    private static String role(Op op) {
        if (!op.weights().isEmpty()) {
            return anyLayer(op.weights().getFirst().name());
        }
        List<Value> named = op.outputs().isEmpty() ? op.inputs() : op.outputs();
        return anyLayer(named.getFirst().name());
    }

    /** Widths that go in and come out, and the format of a matrix. */
    String shape() {
        List<WeightRef> weights = first().weights();
        if (!weights.isEmpty() && weights.getFirst().rows() > 1) {
            WeightRef matrix = weights.getFirst();
            return "%d x %d %s".formatted(matrix.rows(), matrix.columns(), matrix.format());
        }
        if (first() instanceof Op.Attend attend) {
            return "%d x %d on %d"
                    .formatted(
                            attend.shape().heads(),
                            attend.shape().headSize(),
                            attend.shape().kvHeads());
        }
        List<Value> sized = first().outputs().isEmpty() ? first().inputs() : first().outputs();
        return String.valueOf(sized.getFirst().width());
    }

    /** The ops alone: what they read comes from bindings, and what the last one writes goes there. */
    Program program() {
        Set<Value> inputs = new LinkedHashSet<>();
        ops.forEach(op -> inputs.addAll(op.inputs()));
        return Program.of(List.copyOf(inputs), ops, ops.getLast().outputs());
    }
}
