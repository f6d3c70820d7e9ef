package dev.quire.conformance.interpreter;

import dev.quire.api.BackendException;
import dev.quire.api.memory.Buffer;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.Ticket;
import dev.quire.api.step.TokenSource;
import dev.quire.api.types.DType;
import java.lang.foreign.ValueLayout;
import java.util.function.IntToDoubleFunction;

/** One step's edges: values that the batch or a buffer fills, and values that go back to buffers. Elements pass as float64, which holds all types. */
public record StepEdges(StepBatch batch, Bindings io) {
    /** Receives elements. */
    @FunctionalInterface
    public interface Sink {
        void set(int index, double element);
    }

    /** Rows that {@code value} has in this step. */
    public int rows(Value value) {
        return switch (value.rows()) {
            case TOKENS -> batch.tokenCount();
            case LOGITS -> batch.logitRowCount();
            case SEQUENCES -> batch.sequences();
            case EXTERNAL -> io.buffer(value.name()).rows();
        };
    }

    /** Hands over the elements of a program's input, row-major. */
    public void read(Value value, Sink sink) {
        if (value.equals(Value.TOKENS)) {
            for (int t = 0; t < batch.tokenCount(); t++) {
                sink.set(t, token(batch.tokens().source(t)));
            }
        } else if (value.equals(Value.POSITIONS)) {
            for (int t = 0; t < batch.tokenCount(); t++) {
                sink.set(t, batch.positions()[t]);
            }
        } else {
            Buffer buffer = io.buffer(value.name());
            int elements = rows(value) * value.width();
            for (int i = 0; i < elements; i++) {
                sink.set(
                        i,
                        value.dtype() == DType.I32
                                ? buffer.memory().getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i)
                                : buffer.memory().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i));
            }
        }
    }

    private static int token(TokenSource source) {
        return switch (source) {
            case TokenSource.Known(int id) -> id;
            case TokenSource.SampledBy(Ticket ticket, int row) -> ((FinishedStep) ticket).sampled(row);
        };
    }

    /**
     * Writes the first {@code rows} rows of a program's output (RULES M9).
     *
     * @throws BackendException of kind STEP_FAILED if its buffer is too small
     */
    public void write(Value value, int rows, IntToDoubleFunction elements) {
        Buffer buffer = io.buffer(value.name());
        if (rows > buffer.rows()) {
            throw new BackendException(
                    BackendException.Kind.STEP_FAILED,
                    "output '%s' has %d rows; its buffer holds %d".formatted(value.name(), rows, buffer.rows()));
        }
        for (int i = 0; i < rows * value.width(); i++) {
            double element = elements.applyAsDouble(i);
            if (value.dtype() == DType.I32) {
                buffer.memory().setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i, (int) element);
            } else {
                buffer.memory().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, (float) element);
            }
        }
    }
}
