package dev.quire.server.cli;

import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** An op in one line: what it writes, what it reads, its constants and weights. */
final class OpLine {
    /** A layer in the name of a value. */
    private static final Pattern LAYER = Pattern.compile("\\blayers?\\.?(\\d+)\\.");

    private OpLine() {}

    /** As {@code explain} prints it, with whole names. */
    static String of(Op op) {
        List<String> given =
                new ArrayList<>(op.inputs().stream().map(Value::name).toList());
        given.addAll(OpText.constants(op));
        String out = op.outputs().stream().map(OpLine::shown).collect(Collectors.joining(", "));
        String weights = OpText.weights(op, OpLine::shown);
        return "%s%s%s(%s)  %s"
                .formatted(out, out.isEmpty() ? "" : " = ", op.kind(), String.join(", ", given), weights)
                .stripTrailing();
    }

    /** The layer that an op belongs to by the names of what it touches. */
    static OptionalInt layer(Op op) {
        List<Value> named = op.outputs().isEmpty() ? op.inputs() : op.outputs();
        Matcher matcher = LAYER.matcher(named.getFirst().name());
        return matcher.find() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    private static String shown(Value value) {
        return "%s [%s, %d]".formatted(value.name(), value.rows().name().charAt(0), value.width());
    }

    private static String shown(WeightRef weight) {
        return "%s [%d, %d] %s".formatted(weight.name(), weight.rows(), weight.columns(), weight.format());
    }
}
