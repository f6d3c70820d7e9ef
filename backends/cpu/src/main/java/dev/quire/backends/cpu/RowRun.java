package dev.quire.backends.cpu;

import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.backends.cpu.StepFrame.RowKernel;
import dev.quire.backends.cpu.linear.PackedLinear;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Neighbouring ops that work on each row by itself: all of them run over a few rows before the next few come, so that what one leaves is in the cache for the
 * next, and threads meet once for all of them. Layers that follow have their rows readied along.
 */
final class RowRun implements Stage {
    /** Floats that are written for the rows which go through all ops together; they stay in the second cache. */
    private static final int TOGETHER = 1 << 14;

    /** Gives what a step has: the kernel of an op, or the run of layers. */
    @FunctionalInterface
    interface OfStep<T> {
        T of(StepFrame frame);
    }

    private final Value like;
    private final List<OfStep<RowKernel>> kernels = new ArrayList<>();
    private Optional<OfStep<PackedLinear.Run>> layers = Optional.empty();
    private long cost;

    /** @param like has the rows that all values of the ops have */
    RowRun(Value like) {
        this.like = like;
    }

    /** Whether a value has a row for each of this run's, so that its op can join. */
    boolean takes(Value value) {
        return layers.isEmpty() && value.rows() == like.rows() && value.rows() != Rows.EXTERNAL;
    }

    /** @param floats as many as take as long to write as one row of the op takes */
    void add(long floats, OfStep<RowKernel> kernel) {
        kernels.add(kernel);
        cost += floats;
    }

    /** Ends the run with layers. */
    void end(PackedLinear packed, OfStep<PackedLinear.Run> run) {
        layers = Optional.of(run);
        cost += packed.inputs();
    }

    @Override
    public void run(StepFrame frame) {
        int rows = frame.rows(like);
        if (rows == 0) {
            return;
        }
        List<RowKernel> all = new ArrayList<>();
        kernels.forEach(kernel -> all.add(kernel.of(frame)));
        Optional<PackedLinear.Run> run = layers.map(these -> these.of(frame));
        run.ifPresent(these -> all.add(these::ready));
        int together = (int) Math.max(1, TOGETHER / cost);
        frame.overRows(rows, cost, (from, to) -> {
            for (int row = from; row < to; row += together) {
                for (RowKernel kernel : all) {
                    kernel.run(row, Math.min(row + together, to));
                }
            }
        });
        run.ifPresent(PackedLinear.Run::multiply);
    }
}
