package dev.quire.backends.cpu.linear;

import dev.quire.backends.cpu.threads.WorkerPool;

/** Does something to each row of x: on the calling thread if x is small, else on all workers. */
final class RowLoop {
    private static final int FEW_ELEMENTS = 8192;

    private RowLoop() {}

    /** What is done to a row on a worker. */
    @FunctionalInterface
    interface RowAction {
        void accept(int row, int worker);
    }

    /** Readies all rows of a run of a layer with so many inputs, and multiplies. */
    static void complete(WorkerPool pool, int rows, int inputs, PackedLinear.Run run) {
        run(pool, rows, inputs, (row, worker) -> run.ready(row, row + 1));
        run.multiply();
    }

    static void run(WorkerPool pool, int rows, int columns, RowAction action) {
        int parts = (long) rows * columns < FEW_ELEMENTS ? 1 : Math.min(rows, pool.threads());
        pool.parallel(parts, (part, worker) -> {
            int end = (int) ((long) rows * (part + 1) / parts);
            for (int row = (int) ((long) rows * part / parts); row < end; row++) {
                action.accept(row, worker);
            }
        });
    }
}
