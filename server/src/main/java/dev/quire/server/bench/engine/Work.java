package dev.quire.server.bench.engine;

import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.server.bench.limits.Limits;
import java.util.List;

/** What a program's linear layers cannot do without, for shares of the machine's limits. */
final class Work {
    private final List<Op.Linear> linears;

    Work(Program forward) {
        linears = forward.ops().stream()
                .filter(Op.Linear.class::isInstance)
                .map(Op.Linear.class::cast)
                .toList();
    }

    /** Bytes of all weights. */
    double bytes() {
        return linears.stream().mapToDouble(op -> op.weight().bytes()).sum();
    }

    /** The least seconds in which {@code steps} steps read all weights. */
    double memory(long steps, Limits limits) {
        return limits.seconds(bytes() * steps, 0, Limits.Products.BF16);
    }

    /** Floating point operations of the products for {@code tokens} tokens, of which {@code logits} want logits. */
    double operations(long tokens, long logits) {
        return linears.stream()
                .mapToDouble(op -> operations(op, tokens, logits))
                .sum();
    }

    private static double operations(Op.Linear op, long tokens, long logits) {
        return 2.0
                * (op.x().rows() == Rows.TOKENS ? tokens : logits)
                * op.weight().rows()
                * op.weight().columns();
    }

    /** The least seconds of the products for {@code tokens} tokens, of which {@code logits} want logits. */
    double arithmetic(long tokens, long logits, Limits limits) {
        return linears.stream()
                .mapToDouble(op -> limits.seconds(
                        0,
                        operations(op, tokens, logits),
                        Limits.Products.of(op.weight().format())))
                .sum();
    }
}
