package dev.quire.conformance.oracle;

import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepResult;
import dev.quire.conformance.interpreter.FinishedStep;
import java.util.Map;
import java.util.Optional;

/** A step that has run, with every value that it wrote, before any is rounded to the type of a buffer. */
public final class OracleTicket extends FinishedStep {
    private final Map<Value, Matrix> values;
    private final Map<Value, Matrix> allowed;

    OracleTicket(StepResult result, Bindings io, Map<Value, Matrix> values, Map<Value, Matrix> allowed) {
        super(result, io, Optional.empty());
        this.values = Map.copyOf(values);
        this.allowed = Map.copyOf(allowed);
    }

    /**
     * What the step wrote to {@code value}, in float64: [rows, width], row-major.
     *
     * @throws IllegalArgumentException if the program has no such value
     */
    public double[] exact(Value value) {
        Matrix matrix = values.get(value);
        if (matrix == null) {
            throw new IllegalArgumentException("the program writes no value '%s'".formatted(value.name()));
        }
        return matrix.data().clone();
    }

    /**
     * How far from an output's {@link #exact} elements a result may lie (RULES N1), the op's inputs taken as exact. Infinite for elements that the
     * oracle was not asked for, NaN for those that mean nothing.
     *
     * @throws IllegalArgumentException if the oracle was not opened to judge, or {@code value} is no output
     */
    public double[] allowed(Value value) {
        Matrix matrix = allowed.get(value);
        if (matrix == null) {
            throw new IllegalArgumentException("nothing says how far '%s' may be off".formatted(value.name()));
        }
        return matrix.data().clone();
    }
}
