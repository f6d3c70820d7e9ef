package dev.quire.conformance.oracle;

import dev.quire.api.program.Op;
import dev.quire.api.program.Rotary;

/** Ops on single elements, or pairs. */
final class Pointwise {
    private Pointwise() {}

    /** A value and the error that it may have. */
    private interface Element {
        void at(int i, Result out);
    }

    private static Result each(Matrix like, Element element) {
        Result out = Result.blank(like.rows(), like.width());
        for (int i = 0; i < like.data().length; i++) {
            element.at(i, out);
        }
        return out;
    }

    private static void put(Result out, int i, double value, double allowed) {
        out.values().data()[i] = value;
        out.allowed().data()[i] = allowed;
    }

    static Result activate(Op.Activate op, Matrix x, Bound bound) {
        return each(x, (i, out) -> {
            double value = Activations.apply(op.activation(), x.data()[i]);
            put(out, i, value, bound.activation(op.activation(), x.data()[i], value));
        });
    }

    static Result gated(Op.Gated op, Matrix gate, Matrix up, Bound bound) {
        return each(gate, (i, out) -> {
            double value = Activations.apply(op.activation(), gate.data()[i]);
            double allowed = bound.activation(op.activation(), gate.data()[i], value);
            double factor = up.data()[i];
            put(out, i, value * factor, allowed * Math.abs(factor) + bound.once(Math.abs(value * factor)));
        });
    }

    /** The terms' sizes count, not the sum's: in a composite each may come rounded from the op before. */
    static Result add(Matrix a, Matrix b, Bound bound) {
        return each(a, (i, out) -> {
            double size = Math.abs(a.data()[i]) + Math.abs(b.data()[i]);
            put(out, i, a.data()[i] + b.data()[i], bound.once(size));
        });
    }

    static Result scale(Op.Scale op, Matrix x, Bound bound) {
        return each(x, (i, out) -> {
            double value = x.data()[i] * op.factor();
            put(out, i, value, bound.once(Math.abs(value)));
        });
    }

    static Result softCap(Op.SoftCap op, Matrix x, Bound bound) {
        return each(
                x, (i, out) -> put(out, i, op.cap() * StrictMath.tanh(x.data()[i] / op.cap()), bound.some(op.cap())));
    }

    static Result rope(Op.Rope op, Matrix x, Matrix positions, Bound bound) {
        Result out = new Result(new Matrix(x.rows(), x.width(), x.data().clone()), new Matrix(x.rows(), x.width()));
        Rotary rotary = op.rotary();
        int pairs = rotary.inverseFrequencies().size();
        boolean half = rotary.pairing() == Rotary.Pairing.HALF;
        for (int t = 0; t < x.rows(); t++) {
            for (int head = 0; head < x.width(); head += op.headSize()) {
                for (int i = 0; i < pairs; i++) {
                    double angle =
                            positions.at(t, 0) * rotary.inverseFrequencies().get(i);
                    double cos = StrictMath.cos(angle) * rotary.magnitude();
                    double sin = StrictMath.sin(angle) * rotary.magnitude();
                    int first = head + (half ? i : 2 * i);
                    int second = head + (half ? i + pairs : 2 * i + 1);
                    double a = x.at(t, first);
                    double b = x.at(t, second);
                    double allowed = bound.some((Math.abs(a) + Math.abs(b)) * Math.abs(rotary.magnitude()));
                    out.set(t, first, a * cos - b * sin, allowed);
                    out.set(t, second, b * cos + a * sin, allowed);
                }
            }
        }
        return out;
    }
}
