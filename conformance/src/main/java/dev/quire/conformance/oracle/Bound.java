package dev.quire.conformance.oracle;

import dev.quire.api.program.Activation;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;

/**
 * How far from the oracle a result may lie (RULES N1): the same for every backend, a function of types, reduction lengths and the sizes of
 * the terms, which only the oracle knows exactly.
 *
 * <p>u is a type's unit roundoff. Rounding the terms t of a sum to that type makes independent errors of at most u·|t| and mean zero, so by
 * Hoeffding's inequality their sum exceeds d · u · √Σt² with a probability of 2·exp(−d²/2): 2.5e−14 for the d = {@link #DEVIATIONS} = 8 that
 * every bound takes, whatever the data are. An error with a direction, such as truncation, adds up to u·|Σt| instead and leaves the bound where
 * terms have one sign. Adding n terms in float32 rounds n partial sums, each at most |Σt| + 4·√Σt² for terms in no special order: d · u · √n times
 * that, the one more for a lone term.
 *
 * @param numerics the mode of the result
 */
record Bound(Numerics numerics) {
    /** Unit roundoff of float32. */
    static final double F32 = 0x1p-24;
    /** Unit roundoff of bfloat16. */
    static final double BF16 = 0x1p-8;
    /** Unit roundoff of binary16. */
    static final double F16 = 0x1p-11;
    /** Half the smallest step of binary16. */
    private static final double F16_LOSS = 0x1p-25;
    /** What rounding to bfloat16 may flush to zero (N3). */
    private static final double BF16_LOSS = 0x1p-56;
    /** Standard deviations that a bound takes. */
    static final double DEVIATIONS = 8;

    /** A handful of float32 operations, exponentials good to some ulp among them. */
    private static final double SOME = 64 * F32;

    /** One or two float32 operations. */
    private static final double FEW = 4 * F32;

    /** Float32 has no normal number that is smaller by much; a subnormal result may be flushed to zero. */
    static final double FLOOR = 0x1p-120;

    /** A sum, product or quotient of inputs: rounded once or twice. */
    double once(double magnitude) {
        return FEW * magnitude + 0x1p-140;
    }

    /** Some float32 operations on numbers of this size. */
    double some(double magnitude) {
        return SOME * magnitude + 0x1p-120;
    }

    /** A sum of {@code n} float32 terms. */
    double sum(int n, double sum, double rootSquares) {
        return DEVIATIONS * F32 * (1 + Math.sqrt(n)) * (Math.abs(sum) + 4 * rootSquares);
    }

    /** Relative error of a norm's factor: one sum of {@code n} squares, all of one sign, then some operations. */
    double norm(int n) {
        return SOME + DEVIATIONS * F32 * Math.sqrt(n);
    }

    /**
     * An activation. The logistic family keeps its relative precision, whose exponential loses |x| ulp by rounding its argument. Φ and tanh are
     * differences from 1 in common formulas, so errors are relative to 1, and to |x| · Φ's 1 where x is small enough for Φ to be none of 0 and 1.
     */
    double activation(Activation activation, double x, double value) {
        return switch (activation) {
            case SILU, SIGMOID, QUICK_GELU -> some((1 + Math.min(Math.abs(x), 200)) * Math.abs(value));
            case GELU, GELU_TANH -> some(Math.min(Math.abs(x), 8) + Math.abs(value));
            case TANH -> some(1);
            case RELU -> 0;
            case RELU_SQUARED -> once(value);
        };
    }

    /** Relative roundoff that a mode allows each x of a Linear. */
    double activationRoundoff(WeightFormat format) {
        if (numerics == Numerics.REPRODUCIBLE || format == WeightFormat.BF16) {
            return BF16;
        }
        return switch (format) {
            case F32 -> 0;
            case F16 -> F16;
            default -> 1 / 254.0; // of the largest in its group of 32, for int8
        };
    }

    /** Whether x is a number that every backend holds exactly, whatever its mode lets it round activations to. */
    boolean holds(WeightFormat format, double x) {
        float single = (float) x;
        if (single != x) {
            return false;
        }
        if (numerics == Numerics.REPRODUCIBLE || format == WeightFormat.BF16) {
            return (Float.floatToRawIntBits(single) & 0xffff) == 0 && (x == 0 || Math.abs(x) > BF16_LOSS);
        }
        return switch (format) {
            case F32 -> true;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(single)) == single;
            default -> false;
        };
    }

    /** Absolute roundoff of each x: what a type loses below its smallest step, or N3 flushes. */
    double activationLoss(WeightFormat format) {
        return format == WeightFormat.F32 && numerics == Numerics.FAST
                ? 0
                : format == WeightFormat.F16 ? F16_LOSS : BF16_LOSS;
    }

    /** Absolute roundoff of each weight. */
    double weightLoss() {
        return numerics == Numerics.REPRODUCIBLE ? BF16_LOSS : 0;
    }

    /** What may be flushed of a value. */
    double valueLoss(DType keys) {
        return keys == DType.BF16 || numerics == Numerics.REPRODUCIBLE ? BF16_LOSS : 0;
    }

    /** Absolute roundoff of q and p. */
    double queryLoss(DType keys) {
        if (numerics == Numerics.REPRODUCIBLE) {
            return BF16_LOSS;
        }
        return switch (keys) {
            case BF16 -> BF16_LOSS;
            case F16, F8_E4M3 -> F16_LOSS;
            case F32, I32 -> 0;
        };
    }

    /** Relative roundoff that a mode allows each weight of a Linear, beyond its format's own (W3, N4). */
    double weightRoundoff(WeightFormat format) {
        return numerics == Numerics.REPRODUCIBLE && format != WeightFormat.BF16 ? BF16 : 0;
    }

    /** Relative roundoff of q and p over keys of a type (A7). */
    double queryRoundoff(DType keys) {
        if (numerics == Numerics.REPRODUCIBLE) {
            return BF16;
        }
        return switch (keys) {
            case BF16, F8_E4M3 -> BF16; // what is narrow is exact in both, and meets the one that rounds more
            case F16 -> F16;
            case F32, I32 -> 0;
        };
    }

    /** Relative roundoff of the step's own keys and values, which no cache has rounded (N14). */
    double stepKeyRoundoff() {
        return numerics == Numerics.REPRODUCIBLE ? BF16 : 0;
    }
}
