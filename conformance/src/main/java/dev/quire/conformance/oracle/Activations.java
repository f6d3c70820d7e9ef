package dev.quire.conformance.oracle;

import dev.quire.api.program.Activation;

/** Activations in float64. */
final class Activations {
    private Activations() {}

    static double apply(Activation activation, double x) {
        return switch (activation) {
            case SILU -> x / (1 + StrictMath.exp(-x));
            case GELU -> x / 2 * (1 + erf(x / Math.sqrt(2)));
            case GELU_TANH -> x / 2 * (1 + StrictMath.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case QUICK_GELU -> x / (1 + StrictMath.exp(-1.702 * x));
            case RELU -> Math.max(x, 0);
            case RELU_SQUARED -> Math.max(x, 0) * Math.max(x, 0);
            case TANH -> StrictMath.tanh(x);
            case SIGMOID -> 1 / (1 + StrictMath.exp(-x));
        };
    }

    /**
     * The error function: its Taylor series where it converges fast, and the continued fraction of the complement beyond (Abramowitz and
     * Stegun 1964, 7.1.6 and 7.1.14).
     */
    static double erf(double x) {
        double a = Math.abs(x);
        if (a > 6) {
            return Math.signum(x);
        }
        if (a < 2.5) {
            double term = a;
            double sum = a;
            for (int n = 1; term > 1e-17 * sum; n++) {
                term *= 2 * a * a / (2 * n + 1);
                sum += term;
            }
            return Math.copySign(2 / Math.sqrt(Math.PI) * StrictMath.exp(-a * a) * sum, x);
        }
        double fraction = 0;
        for (int n = 120; n >= 1; n--) {
            fraction = n / 2.0 / (a + fraction);
        }
        return Math.copySign(1 - StrictMath.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction), x);
    }
}
