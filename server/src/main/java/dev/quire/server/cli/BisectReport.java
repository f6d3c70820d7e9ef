package dev.quire.server.cli;

import dev.quire.api.program.Op;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.bisect.Difference;
import dev.quire.conformance.bisect.Finding;
import dev.quire.conformance.bisect.Subject;

/** What a bisection found, in words. */
record BisectReport(String first, String second, Subject subject, Numerics numerics) {
    String text(Finding finding) {
        return switch (finding) {
            case Finding.Same(int steps, int ops) ->
                "%s and %s agree %s: %d ops, prompt of %d tokens, decode steps: %d.%n"
                        .formatted(
                                first,
                                second,
                                numerics == Numerics.REPRODUCIBLE ? "bit for bit" : "within tolerance",
                                ops,
                                subject.prompt().length,
                                steps - 1);
            case Finding.Differs(Difference difference) -> text(difference);
            case Finding.DiffersWhole(
                    String side,
                    int step,
                    Value value,
                    int row,
                    int element,
                    int exposed,
                    int whole) ->
                """
                Every op agrees as long as its outputs are asked for, but %s gives other bits when it runs the program as a whole: look at what it fuses, and
                at memory that ops share. First at %s, '%s' row %d element %d:
                  op by op    %s
                  as a whole  %s
                """.formatted(side, step(step), value.name(), row, element, shown(value, exposed), shown(value, whole));
        };
    }

    private String text(Difference d) {
        String layer = OpLine.layer(d.op()).isPresent()
                ? ", layer " + OpLine.layer(d.op()).getAsInt()
                : "";
        int names = Math.max(d.firstRunner().length(), d.secondRunner().length());
        return """
                First difference: op %d of %d (%s)%s, %s
                  %s
                '%s' row %d%s, element %d%s
                  %s  %s
                  %s  %s%s
                %d of its %d elements differ.
                """.formatted(
                        d.index(),
                        subject.forward().ops().size(),
                        d.op().kind(),
                        layer,
                        step(d.step()),
                        OpLine.of(d.op()),
                        d.value().name(),
                        d.row(),
                        position(d),
                        d.element(),
                        head(d),
                        pad(d.firstRunner(), names),
                        shown(d.value(), d.first()),
                        pad(d.secondRunner(), names),
                        shown(d.value(), d.second()),
                        distance(d),
                        d.differing(),
                        d.elements());
    }

    private String step(int step) {
        return step == 0 ? "prompt of %d tokens".formatted(subject.prompt().length) : "decode step " + step;
    }

    private String position(Difference d) {
        if (d.value().rows() != Rows.TOKENS) {
            return "";
        }
        int position = d.step() == 0 ? d.row() : subject.prompt().length + d.step() - 1;
        return " (position %d)".formatted(position);
    }

    private static String head(Difference d) {
        int size = switch (d.op()) {
            case Op.Attend attend -> attend.shape().headSize();
            case Op.Rope rope -> rope.headSize();
            default -> 0;
        };
        return size == 0 ? "" : " (head %d, dimension %d)".formatted(d.element() / size, d.element() % size);
    }

    private static String shown(Value value, int bits) {
        return value.dtype() == DType.F32
                ? "%-15s 0x%08x".formatted(Float.intBitsToFloat(bits), bits)
                : Integer.toString(bits);
    }

    private static String distance(Difference d) {
        float a = Float.intBitsToFloat(d.first());
        float b = Float.intBitsToFloat(d.second());
        if (d.value().dtype() != DType.F32 || !Float.isFinite(a) || !Float.isFinite(b)) {
            return "";
        }
        long apart = Math.abs(ordered(d.first()) - ordered(d.second()));
        return "  (%s, %d ulp apart)".formatted(Math.abs((double) a - b), apart);
    }

    /** Places of floats in their order. */
    private static long ordered(int bits) {
        return bits >= 0 ? bits : Integer.MIN_VALUE - (long) bits;
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
