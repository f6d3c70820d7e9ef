package dev.quire.conformance.metamorphic;

import dev.quire.api.AttentionBackend;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.conformance.oracle.OracleTicket;
import dev.quire.conformance.scenario.Samples;
import dev.quire.conformance.scenario.ScenarioRun;
import dev.quire.conformance.scenario.ScenarioRun.Ran;
import dev.quire.conformance.scenario.ScenarioRun.Watch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How far two ways of computing a row may be apart. */
@FunctionalInterface
interface Tolerance {
    /** Standard deviations, as bounds of single ops take. */
    double DEVIATIONS = 8;

    /** Not at all; a NaN is as good as another. */
    Tolerance BITWISE = (place, column, alone, bits) -> {
        boolean nan = Float.isNaN(Float.intBitsToFloat(alone[column])) && Float.isNaN(Float.intBitsToFloat(bits));
        return nan || alone[column] == bits ? 0 : Double.POSITIVE_INFINITY;
    };

    /**
     * The difference as a part of what is allowed.
     *
     * @param alone bits of the row as it was computed alone
     * @param bits of the element as it was computed otherwise
     */
    double used(SamePlace place, int column, int[] alone, int bits);

    /** Twice the bound of what the subject's last op may be off; of a whole model, twice what {@link #model} says. */
    static Tolerance of(Subject subject, Playback.Played alone, Samples samples, Numerics numerics) {
        return subject instanceof SmallModel model ? model(model, 2) : attention(subject, alone, samples, numerics);
    }

    private static Tolerance attention(Subject subject, Playback.Played alone, Samples samples, Numerics numerics) {
        int width = subject.out().width();
        Map<SamePlace, double[]> allowed = new HashMap<>();
        try (AttentionBackend oracle = new OracleBackend(numerics);
                ScenarioRun run = new ScenarioRun(oracle, alone.scenario(), samples, Numerics.FAST, Watch.NONE)) {
            List<Ran> judged = run.run().stream()
                    .filter(one -> one.step().judged().isPresent())
                    .toList();
            for (int i = 0; i < judged.size(); i++) {
                double[] bound = ((OracleTicket) judged.get(i).ticket()).allowed(subject.out());
                int[][] rows = alone.rows().get(i);
                for (int row = 0; row < rows.length; row++) {
                    allowed.put(
                            new SamePlace(rows[row][0], rows[row][1]),
                            Arrays.copyOfRange(bound, row * width, (row + 1) * width));
                }
            }
        }
        return (place, column, row, bits) -> part(row[column], bits, 2 * allowed.get(place)[column]);
    }

    /**
     * Each Linear and Attend that rounds its operands adds an error of u to the residual stream, relative to its size; independent, they add by
     * squares: 8 · u · √ops of a row's root mean square.
     *
     * @param times how often that
     */
    static Tolerance model(SmallModel model, double times) {
        double bound = times * relativeError(model);
        return (place, column, row, bits) -> {
            double squares = 0;
            for (int element : row) {
                squares += Math.pow(Float.intBitsToFloat(element), 2);
            }
            return part(row[column], bits, bound * Math.sqrt(squares / row.length));
        };
    }

    /** What a logit of a model may be off, relative to the root mean square of its row. */
    static double relativeError(SmallModel model) {
        long ops = model.program().ops().stream()
                .filter(op -> op instanceof Op.Linear || op instanceof ExpertOp.ExpertLinear || op instanceof Op.Attend)
                .count();
        boolean wide = model.type() == DType.F32
                && model.program().weights().stream().allMatch(weight -> weight.format() == WeightFormat.F32);
        return DEVIATIONS * (wide ? 0x1p-20 : 0x1p-8) * Math.sqrt(ops);
    }

    private static double part(int alone, int bits, double allowed) {
        double a = Float.intBitsToFloat(alone);
        double b = Float.intBitsToFloat(bits);
        double difference = Math.abs(a - b);
        if (alone == bits || difference == 0) {
            return 0;
        }
        return Double.isNaN(difference) || allowed == 0 ? Double.POSITIVE_INFINITY : difference / allowed;
    }
}
