package dev.quire.backends.cpu.elementwise;

import static jdk.incubator.vector.VectorOperators.GT;

import dev.quire.api.program.Activation;
import jdk.incubator.vector.FloatVector;

/**
 * The activation functions on one float and, with the same bits, on a vector of them. Every operation is rounded, in the order written:
 *
 * <ul>
 *   <li>SILU: x / (1 + exp(−x)); SIGMOID: 1 / (1 + exp(−x)); QUICK_GELU: x / (1 + exp(x · −1.702))
 *   <li>GELU: x · {@link NormalCdf}; TANH: {@link Tanh}
 *   <li>GELU_TANH: u = 0.79788456 · (x + 0.044715 · (x · (x · x))), then x / (1 + exp(u · −2)), which equals the form with tanh and keeps
 *       its precision on the negative side
 *   <li>RELU: x where x > 0, else +0; RELU_SQUARED: the square of that
 * </ul>
 */
final class Curves {
    private static final float QUICK = -1.702f;
    private static final float CUBIC = 0.044715f;
    private static final float ROOT_2_OVER_PI = 0.79788456f;

    private Curves() {}

    /** The definition on one float. */
    static float of(Activation act, float x) {
        return switch (act) {
            case SILU -> x / (1f + Exp.of(-x));
            case SIGMOID -> 1f / (1f + Exp.of(-x));
            case QUICK_GELU -> x / (1f + Exp.of(x * QUICK));
            case GELU -> x * NormalCdf.of(x);
            case GELU_TANH -> {
                float u = ROOT_2_OVER_PI * (x + CUBIC * (x * (x * x)));
                yield x / (1f + Exp.of(u * -2f));
            }
            case TANH -> Tanh.of(x);
            case RELU -> x > 0f ? x : 0f;
            case RELU_SQUARED -> x > 0f ? x * x : 0f;
        };
    }

    static FloatVector silu(FloatVector x) {
        return x.div(Exp.of(x.neg()).add(1f));
    }

    static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(Lanes.FLOAT, 1f).div(Exp.of(x.neg()).add(1f));
    }

    static FloatVector quickGelu(FloatVector x) {
        return x.div(Exp.of(x.mul(QUICK)).add(1f));
    }

    static FloatVector gelu(FloatVector x) {
        return x.mul(NormalCdf.of(x));
    }

    static FloatVector geluTanh(FloatVector x) {
        FloatVector u = x.mul(x.mul(x)).mul(CUBIC).add(x).mul(ROOT_2_OVER_PI);
        return x.div(Exp.of(u.mul(-2f)).add(1f));
    }

    static FloatVector relu(FloatVector x) {
        return FloatVector.zero(Lanes.FLOAT).blend(x, x.compare(GT, 0f));
    }

    static FloatVector reluSquared(FloatVector x) {
        FloatVector r = relu(x);
        return r.mul(r);
    }
}
