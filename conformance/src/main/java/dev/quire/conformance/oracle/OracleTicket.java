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

    OracleTicket(StepResult result, Bindings io, Map<Value, Matrix> values) {
        super(result, io, Optional.empty());
        this.values = Map.copyOf(values);
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
}
