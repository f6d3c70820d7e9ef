package dev.quire.conformance.cases;

import dev.quire.api.program.Value;
import dev.quire.api.types.DType;
import dev.quire.conformance.guards.GuardedBuffer;
import dev.quire.conformance.oracle.OracleTicket;
import dev.quire.conformance.report.ErrorMap;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.report.Verdict;
import dev.quire.conformance.scenario.Action;
import dev.quire.conformance.scenario.ScenarioRun.Ran;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The outputs of judged steps against what they should be: the worst element, where it lies, and a map of all errors of its value. */
final class Comparison {
    private final String rule;
    private final String canon;
    /** By the label of a step and the value. */
    private final Map<List<Object>, double[]> allowed = new HashMap<>();

    private double worst;
    private String detail = "";
    private Optional<ErrorMap> map = Optional.empty();

    /**
     * Nothing compared yet.
     *
     * @param rule that a result beyond its bound breaks
     * @param canon the rule that other bits break
     */
    Comparison(String rule, String canon) {
        this.rule = rule;
        this.canon = canon;
    }

    /** Compares every judged element with the oracle's. */
    void withOracle(List<Ran> expected, List<Ran> actual) {
        each(expected, actual, (oracle, ran, value) -> {
            OracleTicket ticket = (OracleTicket) oracle.ticket();
            double[] exact = ticket.exact(value);
            double[] within = ticket.allowed(value);
            allowed.put(List.of(ran.step().label(), value), within);
            return new Difference() {
                @Override
                public double used(int i, int bits) {
                    return Comparison.used(Action.Step.number(value, bits), exact[i], within[i]);
                }

                @Override
                public String describe(int i, int bits) {
                    return "%s: %s is %s, expected %s%s"
                            .formatted(
                                    rule,
                                    Place.of(ran.step(), value, i),
                                    number(value, bits),
                                    expected(value, exact[i], within[i]),
                                    hint(value, bits, exact[i]));
                }
            };
        });
    }

    /** Compares the bits of every element that means anything with those of Canon 1. */
    void withBits(List<Ran> expected, List<Ran> actual) {
        each(expected, actual, (canonical, ran, value) -> {
            int[] bits = canonical.outputs().get(value);
            double[] within = allowed.get(List.of(ran.step().label(), value));
            return new Difference() {
                @Override
                public double used(int i, int actualBits) {
                    boolean nan = value.dtype() == DType.F32
                            && Float.isNaN(Float.intBitsToFloat(bits[i]))
                            && Float.isNaN(Float.intBitsToFloat(actualBits));
                    boolean meant = !Double.isNaN(within[i]);
                    return meant && !nan && bits[i] != actualBits ? Double.POSITIVE_INFINITY : 0;
                }

                @Override
                public String describe(int i, int actualBits) {
                    return "%s: %s is %s, Canon 1 says %s"
                            .formatted(
                                    canon,
                                    Place.of(ran.step(), value, i),
                                    number(value, actualBits),
                                    number(value, bits[i]));
                }
            };
        });
    }

    /** Nothing beyond its bound so far. */
    boolean passes() {
        return worst <= 1;
    }

    Verdict verdict() {
        return new Verdict(passes() ? Outcome.PASS : Outcome.FAIL, worst, detail, map);
    }

    /** How one value differs. */
    private interface Difference {
        /** The error as a part of what is allowed. */
        double used(int i, int bits);

        String describe(int i, int bits);
    }

    private interface Differences {
        Difference of(Ran expected, Ran actual, Value value);
    }

    private void each(List<Ran> expected, List<Ran> actual, Differences differences) {
        for (int i = 0; i < expected.size(); i++) {
            Action.Step step = expected.get(i).step();
            if (step.judged().isPresent()) {
                for (Value value : step.program().outputs()) {
                    compare(
                            value,
                            actual.get(i).outputs().get(value),
                            differences.of(expected.get(i), actual.get(i), value));
                }
            }
        }
    }

    private void compare(Value value, int[] bits, Difference difference) {
        double[] used = new double[bits.length];
        int at = -1;
        for (int i = 0; i < bits.length; i++) {
            used[i] = difference.used(i, bits[i]);
            at = at < 0 || used[i] > used[at] ? i : at;
        }
        if (at >= 0 && used[at] > worst) {
            worst = used[at];
            detail = worst > 1 ? difference.describe(at, bits[at]) : "";
            map = Optional.of(ErrorMap.of(value.name(), value.width(), used));
        }
    }

    /** The error as a part of what is allowed; 0 where the oracle did not look, or nothing is meant. */
    private static double used(double actual, double expected, double allowed) {
        boolean judged = allowed < Double.POSITIVE_INFINITY;
        if (!judged || actual == expected || Double.isNaN(actual) && Double.isNaN(expected)) {
            return 0;
        }
        double error = Math.abs(actual - expected);
        return Double.isNaN(error) || allowed == 0 ? Double.POSITIVE_INFINITY : error / allowed;
    }

    private static String number(Value value, int bits) {
        return value.dtype() == DType.I32
                ? Integer.toString(bits)
                : "%s (0x%08x)".formatted(Float.intBitsToFloat(bits), bits);
    }

    private static String expected(Value value, double expected, double allowed) {
        return value.dtype() == DType.I32
                ? Long.toString((long) expected)
                : "%s within %.3g".formatted(number(value, Float.floatToRawIntBits((float) expected)), allowed);
    }

    private static String hint(Value value, int bits, double expected) {
        if (bits == GuardedBuffer.POISON) {
            return "; it was never written (M9), or copied from where nothing may be read (M5)";
        }
        boolean nan = value.dtype() == DType.F32 && Float.isNaN(Float.intBitsToFloat(bits));
        return nan && !Double.isNaN(expected)
                ? "; a NaN comes from a slot, row or tail that nothing may read (M4, M5)"
                : "";
    }
}
