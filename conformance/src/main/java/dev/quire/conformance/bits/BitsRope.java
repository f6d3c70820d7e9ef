package dev.quire.conformance.bits;

import dev.quire.api.BackendException;
import dev.quire.api.program.Op;
import dev.quire.api.program.Rotary;

/** Rotary position embedding from tables (RULES N9). */
final class BitsRope {
    private final Op.Rope op;
    private final Tables tables;
    private final Canon canon;

    /** Float32 tables of one rotation, [positions, pairs]. */
    record Tables(int positions, float[] cosines, float[] sines) {
        static Tables of(Rotary rotary, int positions) {
            return new Tables(positions, rotary.cosines(positions), rotary.sines(positions));
        }
    }

    BitsRope(Op.Rope op, Tables tables, Canon canon) {
        this.op = op;
        this.tables = tables;
        this.canon = canon;
    }

    Matrix run(Matrix x, Matrix positions) {
        Matrix out = new Matrix(x.rows(), x.width(), x.data().clone());
        int pairs = op.rotary().inverseFrequencies().size();
        boolean half = op.rotary().pairing() == Rotary.Pairing.HALF;
        for (int t = 0; t < x.rows(); t++) {
            int table = checked((int) positions.at(t, 0)) * pairs;
            for (int head = 0; head < x.width(); head += op.headSize()) {
                for (int i = 0; i < pairs; i++) {
                    int first = head + (half ? i : 2 * i);
                    int second = head + (half ? i + pairs : 2 * i + 1);
                    float a = x.at(t, first);
                    float b = x.at(t, second);
                    float c = tables.cosines()[table + i];
                    float s = tables.sines()[table + i];
                    out.set(t, first, canon.rotated(a, c, -b, s));
                    out.set(t, second, canon.rotated(b, c, a, s));
                }
            }
        }
        return out;
    }

    private int checked(int position) {
        if (position < 0 || position >= tables.positions()) {
            throw new BackendException(
                    BackendException.Kind.STEP_FAILED,
                    "position %d; the rotary tables hold 0 to %d; raise the step limits' longest context"
                            .formatted(position, tables.positions() - 1));
        }
        return position;
    }
}
