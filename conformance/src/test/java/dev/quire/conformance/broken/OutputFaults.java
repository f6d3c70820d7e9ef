package dev.quire.conformance.broken;

import dev.quire.api.BackendException;
import dev.quire.api.memory.Buffer;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Mistakes with what a step may read and write, and with what its results may depend on. */
final class OutputFaults {
    private OutputFaults() {}

    static List<Fault> list() {
        Random noise = new Random(7);
        return List.of(
                after("writes a row past the last", "M9", (value, rows, buffer, batch) -> {
                    if (rows > 0 && rows < buffer.rows()) {
                        row(buffer, rows).copyFrom(row(buffer, rows - 1));
                    }
                }),
                after("leaves the last row as it was", "M9", (value, rows, buffer, batch) -> {
                    if (rows > 0) {
                        row(buffer, rows - 1).fill((byte) 0);
                    }
                }),
                after("has noise in the last bit", "A6", (value, rows, buffer, batch) -> {
                    for (int r = 0; r < rows && value.dtype() == DType.F32; r++) {
                        flip(buffer, r, noise.nextInt(2));
                    }
                }),
                after("depends on how many rows share a step", "A6", (value, rows, buffer, batch) -> {
                    for (int r = 0; r < rows && value.dtype() == DType.F32; r++) {
                        flip(buffer, r, rows % 2);
                    }
                }),
                after("depends on the place of a row in its step", "A6", (value, rows, buffer, batch) -> {
                    if (rows > 0 && value.dtype() == DType.F32) {
                        flip(buffer, rows - 1, 1);
                    }
                }),
                after("takes 16 rows at most", "M9", (value, rows, buffer, batch) -> {
                    for (int r = 16; r < rows; r++) {
                        row(buffer, r).fill((byte) 0);
                    }
                }),
                after("takes whole runs of 16 columns only", "M9", (value, rows, buffer, batch) -> {
                    int whole = value.width() - value.width() % 16;
                    for (int r = 0; r < rows; r++) {
                        row(buffer, r)
                                .asSlice((long) whole * value.dtype().bytes())
                                .fill((byte) 0);
                    }
                }),
                Fault.of(
                        "leaves a trace of the step before",
                        "A6",
                        "",
                        right -> OtherSteps.after(right, new Traces()::leave)),
                Fault.of(
                        "fails on a sequence without rows",
                        "A5",
                        "Attend",
                        right -> new OtherSteps(right, (program, executable, batch, io) -> {
                            if (Arrays.stream(batch.queryStarts()).distinct().count() <= batch.sequences()) {
                                throw new BackendException(BackendException.Kind.STEP_FAILED, "a grid of no blocks");
                            }
                            return executable.submit(batch, io);
                        })),
                Fault.of(
                        "computes nothing",
                        "T7",
                        "",
                        right -> new OtherSteps(right, (program, executable, batch, io) -> new DoneAtOnce())),
                Fault.of(
                        "works in its inputs' buffers",
                        "M10",
                        "",
                        right -> OtherSteps.after(
                                right,
                                (program, batch, io) -> program.inputs().stream()
                                        .filter(value -> io.buffers().containsKey(value.name()))
                                        .filter(value -> value.dtype() == DType.F32)
                                        .findFirst()
                                        .ifPresent(value -> flip(io.buffer(value.name()), 0, 1)))),
                Fault.of(
                        "counts positions on in the batch itself",
                        "M10",
                        "",
                        right -> OtherSteps.after(right, (program, batch, io) -> {
                            for (int i = 0; i < batch.positions().length; i++) {
                                batch.positions()[i]++;
                            }
                        })),
                Fault.of(
                        "sorts the batch's slots",
                        "M10",
                        "Attend/causal/edges",
                        right -> OtherSteps.after(
                                right,
                                (program, batch, io) -> batch.groups().forEach(group -> reverse(group.slots())))));
    }

    /** The first element of a step's outputs has the last bit of the step before. */
    private static final class Traces {
        private int last;

        void leave(Program program, StepBatch batch, Bindings io) {
            for (Value value : program.outputs()) {
                if (value.dtype() == DType.F32 && batch.tokenCount() > 0) {
                    Buffer buffer = io.buffer(value.name());
                    flip(buffer, 0, last & 1);
                    last = Float.floatToRawIntBits(buffer.floatAt(0, 0));
                }
            }
        }
    }

    /** What is done to an output. */
    private interface Spoiling {
        void spoil(Value value, int rows, Buffer buffer, StepBatch batch);
    }

    private static Fault after(String name, String rule, Spoiling spoiling) {
        return Fault.of(
                name,
                rule,
                "",
                right -> OtherSteps.after(right, (program, batch, io) -> spoil(program, batch, io, spoiling)));
    }

    private static void spoil(Program program, StepBatch batch, Bindings io, Spoiling spoiling) {
        for (Value value : program.outputs()) {
            int rows = value.rows() == Rows.TOKENS ? batch.tokenCount() : batch.logitRowCount();
            spoiling.spoil(value, rows, io.buffer(value.name()), batch);
        }
    }

    static MemorySegment row(Buffer buffer, int row) {
        long bytes = (long) buffer.width() * buffer.dtype().bytes();
        return buffer.memory().asSlice(row * bytes, bytes);
    }

    /** Flips {@code bit} in the last place of a row's first element. */
    private static void flip(Buffer buffer, int row, int bit) {
        long at = (long) row * buffer.width();
        int word = buffer.memory().getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, at);
        buffer.memory().setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, at, word ^ bit);
    }

    private static void reverse(int[] array) {
        for (int i = 0, j = array.length - 1; i < j; i++, j--) {
            int kept = array[i];
            array[i] = array[j];
            array[j] = kept;
        }
    }
}
