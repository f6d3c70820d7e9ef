package dev.quire.backends.cpu;

import dev.quire.api.memory.Buffer;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.backends.cpu.elementwise.Matrix;
import dev.quire.backends.cpu.threads.WorkerPool;

/** One step's batch, memory and threads, as stages see them. */
final class StepFrame {
    /** Floats below which a kernel is done before a second thread would have begun. */
    private static final long WORTH_SPLITTING = 8192;

    private final StepBatch batch;
    private final Bindings io;
    private final Workspace workspace;
    private final WorkerPool pool;
    private final int[] tokenIds;

    /** What a kernel does to rows {@code from} to {@code to − 1}. */
    @FunctionalInterface
    interface RowKernel {
        void run(int from, int to);
    }

    StepFrame(StepBatch batch, Bindings io, Workspace workspace, WorkerPool pool) {
        this.batch = batch;
        this.io = io;
        this.workspace = workspace;
        this.pool = pool;
        this.tokenIds = CpuExecutable.tokenIds(batch);
    }

    StepBatch batch() {
        return batch;
    }

    CpuCache cache() {
        return (CpuCache) io.cache().orElseThrow();
    }

    WorkerPool pool() {
        return pool;
    }

    int[] tokenIds() {
        return tokenIds;
    }

    Buffer buffer(Value value) {
        return io.buffer(value.name());
    }

    /** Rows that a value has in this step. */
    int rows(Value value) {
        return switch (value.rows()) {
            case TOKENS -> batch.tokenCount();
            case LOGITS -> batch.logitRowCount();
            case SEQUENCES -> batch.sequences();
            case EXTERNAL -> io.buffer(value.name()).rows();
        };
    }

    /** Where a float value lies. */
    Matrix matrix(Value value) {
        Matrix inside = workspace.place(value);
        return inside != null ? inside : Matrix.dense(io.buffer(value.name()).memory(), value.width());
    }

    /** The ids or positions that an I32 value holds. */
    int[] integers(Value value) {
        if (value.equals(Value.TOKENS)) {
            return tokenIds;
        }
        if (value.equals(Value.POSITIONS)) {
            return batch.positions();
        }
        Buffer buffer = io.buffer(value.name());
        int[] values = new int[value.rows() == Rows.EXTERNAL ? buffer.rows() : rows(value)];
        for (int i = 0; i < values.length; i++) {
            values[i] = buffer.intAt(i, 0);
        }
        return values;
    }

    /** Runs a kernel over the rows of {@code value}, on all threads where that pays. */
    void overRows(Value value, RowKernel kernel) {
        overRows(rows(value), value.width(), kernel);
    }

    /**
     * Runs a kernel over rows, on all threads where that pays.
     *
     * @param cost floats that the kernel writes for a row
     */
    void overRows(int rows, long cost, RowKernel kernel) {
        int parts = Math.clamp(rows * cost / WORTH_SPLITTING, 1, Math.min(pool.threads(), Math.max(rows, 1)));
        if (parts == 1) {
            kernel.run(0, rows);
        } else {
            pool.parallel(parts, (part, worker) -> kernel.run(rows * part / parts, rows * (part + 1) / parts));
        }
    }
}
